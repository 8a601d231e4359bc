import { describe, expect, it } from 'vitest'
import { moved, sightings, summed } from '../../../../../src/brokers/kafka/survey/rates.js'
import { lagOf, positionOf, type Reading } from '../../../../../src/brokers/kafka/survey/reading.js'
import { measuredRate } from '../../../../../src/core/measured-rate.js'

const at = (ms: number, value: number) => ({ at: ms, value: BigInt(value) })
const reading = (ms: number, lanes: Record<number, { end: number; committed?: number }>): Reading => ({
  at: ms,
  lanes: new Map(
    Object.entries(lanes).map(([partition, { end, committed }]) => [
      Number(partition),
      {
        start: 0n,
        end: BigInt(end),
        stableEnd: BigInt(end),
        ...(committed !== undefined && { committed: BigInt(committed) }),
      },
    ]),
  ),
})

describe('measuredRate', () => {
  it('has no spread where the steps are equal', () => {
    expect(measuredRate([at(0, 100), at(2000, 300), at(4000, 500)])).toEqual({ mean: 100, low: 100, high: 100 })
  })
  it('takes last less first as the mean and the standard error of the steps as spread', () => {
    const rate = measuredRate([at(0, 0), at(1000, 0), at(2000, 200)])
    expect(rate.mean).toBe(100)
    expect([rate.low, rate.high]).toEqual([0, 200])
  })
  it('is still for one sighting, none, or a counter that went back', () => {
    const still = { mean: 0, low: 0, high: 0 }
    expect([measuredRate([]), measuredRate([at(0, 5)]), measuredRate([at(0, 5), at(1000, 2)])]).toEqual([
      still,
      still,
      still,
    ])
  })
})

describe('readings', () => {
  const readings = [
    reading(0, { 0: { end: 10, committed: 1 }, 1: { end: 5 } }),
    reading(1000, { 0: { end: 20, committed: 1 }, 1: { end: 7 } }),
  ]
  it('are summed moment by moment', () => {
    const ends = [0, 1].map(p => sightings(readings, p, lane => lane.end))
    expect(summed(ends)).toEqual([at(0, 15), at(1000, 27)])
  })
  it('sum only counters that are known', () => {
    const commits = [0, 1].map(p => sightings(readings, p, lane => lane.committed))
    expect(summed(commits)).toEqual([at(0, 1), at(1000, 1)])
  })
  it('show which commits moved, back as well as forward', () => {
    expect(moved(readings)).toEqual([])
    expect(moved([...readings, reading(2000, { 0: { end: 20, committed: 0 }, 1: { end: 7 } })])).toEqual([0])
  })
})

describe('lag', () => {
  const log = { start: 5n, end: 20n, stableEnd: 20n }
  it('counts from the commit', () => expect(lagOf({ ...log, committed: 12n })).toBe(8n))
  it('counts from the log start where the commit lies before it or is missing', () => {
    expect([lagOf({ ...log, committed: 1n }), lagOf(log)]).toEqual([15n, 15n])
    expect(positionOf(log)).toBe(5n)
  })
  it('is zero for a commit beyond the end', () => expect(lagOf({ ...log, committed: 25n })).toBe(0n))
})
