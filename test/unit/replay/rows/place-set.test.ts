import { expect, it } from 'vitest'
import { PlaceSet } from '../../../../src/replay/rows/place-set.js'

it('knows what it was given, and nothing else', () => {
  const set = new PlaceSet()
  for (let n = 0; n < 20_000; n++) set.add({ time: `t${n % 7}`, key: String(n) })
  const known = Array.from({ length: 40_000 }, (_, n) => set.has({ time: `t${n % 7}`, key: String(n) }))
  expect(known.indexOf(false)).toBe(20_000)
  expect(known.lastIndexOf(true)).toBe(19_999)
  set.add({ time: 't0', key: '0' })
  expect(set.size).toBe(20_000)
})

it('does not take the end of a time for the beginning of a key', () => {
  const set = new PlaceSet()
  set.add({ time: 'a', key: 'bc' })
  expect(set.has({ time: 'ab', key: 'c' })).toBe(false)
})
