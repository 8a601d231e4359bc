import { expect, it } from 'vitest'
import { labHome } from '../../../src/lab/home.js'

it('takes the folder from SPILLWAY_LAB, then SPILLWAY_HOME, then the XDG state folder', () => {
  expect(labHome({ SPILLWAY_LAB: '/l', SPILLWAY_HOME: '/s' })).toBe('/l')
  expect(labHome({ SPILLWAY_HOME: '/s', XDG_STATE_HOME: '/x' })).toBe('/s/lab')
  expect(labHome({ XDG_STATE_HOME: '/x', HOME: '/h' })).toBe('/x/spillway/lab')
  expect(labHome({ HOME: '/h' })).toBe('/h/.local/state/spillway/lab')
})
