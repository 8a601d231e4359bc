import { describe, expect, it } from 'vitest'
import { Stretches } from '../../../src/archive/stretches.js'

type Given = readonly [from: number, marks: number, fit: number]

function stretches(isDense: boolean, ...tallies: readonly Given[]) {
  const made = new Stretches({ lane: '0', from: 5, to: 45, width: 10, isDense })
  for (const [from, marks, fit] of tallies) made.add({ lane: '0', from, marks, fit })
  return made.end()
}

describe('the stretches of a lane', () => {
  it('are those with something wanted and the others by turns, with what is left out', () => {
    expect(stretches(false, [0, 4, 0], [10, 9, 0], [20, 8, 1], [30, 2, 2], [40, 1, 0])).toEqual([
      { from: 5, to: 20, left: 13 },
      { from: 20, to: 40 },
      { from: 40, to: 45, left: 1 },
    ])
  })

  it('pass what no row tells of, where marks are offsets', () => {
    expect(stretches(false, [20, 10, 1])).toEqual([
      { from: 5, to: 20, left: 0 },
      { from: 20, to: 30 },
      { from: 30, to: 45, left: 0 },
    ])
    expect(stretches(false)).toEqual([{ from: 5, to: 45, left: 0 }])
  })

  it('have to be read where messages have no row, where each mark is a message', () => {
    expect(stretches(true, [0, 5, 0], [10, 9, 0], [30, 10, 0])).toEqual([
      { from: 5, to: 10, left: 5 },
      { from: 10, to: 30 },
      { from: 30, to: 40, left: 10 },
      { from: 40, to: 45 },
    ])
  })
})
