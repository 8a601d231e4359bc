import { describe, expect, it } from 'vitest'
import { laneFor, lanesOf, nullKeyLane, sourceOf } from '../../../src/drain/route.js'

const SHAPES = [
  { partitions: 10, factor: 10 },
  { partitions: 12, factor: 10 },
  { partitions: 8, factor: 4 },
  { partitions: 1, factor: 10 },
  { partitions: 3, factor: 1 },
]

// Spread like murmur2's: a fixed sequence of 31-bit numbers (Numerical Recipes' linear congruential generator).
const hashes = (count: number): number[] => {
  let state = 42
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state ^ (state >>> 15)) & 0x7fffffff
  })
}

describe.each(SHAPES)('with $partitions partitions and factor $factor', ({ partitions, factor }) => {
  // Producers place a key in partition h mod P, so that is where its record is found.
  const routed = hashes(60_000).map(hash => ({ hash, lane: laneFor(hash % partitions, partitions, factor, hash) }))

  it('fills all lanes evenly', () => {
    const counts = new Map<number, number>()
    for (const { lane } of routed) counts.set(lane, (counts.get(lane) ?? 0) + 1)
    expect(counts.size).toBe(partitions * factor)
    expect(Math.max(...counts.values())).toBeLessThan((routed.length / counts.size) * 1.25)
  })

  it('gives each lane one source partition', () => {
    // One assertion, not one a record: on a busy machine 60,000 of them outlast the time of a test.
    expect(routed.filter(({ hash, lane }) => sourceOf(lane, partitions) !== hash % partitions)).toEqual([])
  })

  it('keeps a record within the lanes of its own partition', () => {
    for (const { hash, lane } of routed.slice(0, 1000))
      expect(lanesOf(hash % partitions, partitions, factor)).toContain(lane)
  })

  it('sends null keys round the whole block by offset', () => {
    const last = partitions - 1
    const lanes = Array.from({ length: factor }, (_, i) =>
      nullKeyLane(last, partitions, factor, 9_007_199_254_740_993n + BigInt(i)),
    )
    expect([...lanes].sort((a, b) => a - b)).toEqual(lanesOf(last, partitions, factor))
  })
})

it('follows the formula for known values', () => {
  expect(laneFor(2, 3, 10, 0)).toBe(2)
  expect(laneFor(2, 3, 10, 5)).toBe(2 + 3)
  expect(laneFor(0, 3, 10, 29)).toBe(27)
  expect(laneFor(0, 3, 10, 30)).toBe(0)
  expect(laneFor(1, 3, 10, 0x7fffffff)).toBe(1 + 3 * (715827882 % 10))
})

it('covers every lane once over all partitions', () => {
  const all = [0, 1, 2].flatMap(partition => lanesOf(partition, 3, 4))
  expect([...all].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
})
