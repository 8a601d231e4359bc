import type { MeasuredRate } from '../../../core/survey.js'
import type { LaneReading, Reading } from './reading.js'

/** A counter seen at a moment; `at` in milliseconds. */
export type Sighting = { readonly at: number; readonly value: bigint }

const STILL: MeasuredRate = { mean: 0, low: 0, high: 0 }

/**
 * The rate of a counter over its sightings: last less first for the mean, the standard error of the steps for the
 * spread (a group that commits every five seconds moves in jumps). A counter that went back stands still.
 */
export const measuredRate = (sightings: readonly Sighting[]): MeasuredRate => {
  const first = sightings[0]
  const last = sightings.at(-1)
  if (first === undefined || last === undefined || last.at <= first.at) return STILL
  const mean = perSecond(first, last)
  if (mean <= 0) return STILL
  const error = standardError(steps(sightings), mean)
  return { mean, low: Math.max(0, mean - error), high: mean + error }
}

const perSecond = (from: Sighting, to: Sighting): number =>
  to.at > from.at ? (Number(to.value - from.value) * 1000) / (to.at - from.at) : 0

const steps = (sightings: readonly Sighting[]): number[] =>
  sightings.slice(1).map((to, i) => perSecond(sightings[i] ?? to, to))

const standardError = (rates: readonly number[], mean: number): number => {
  if (rates.length < 2) return 0
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / (rates.length - 1)
  return Math.sqrt(variance / rates.length)
}

/** Sightings of one number of one partition; moments at which it is unknown are left out. */
export const sightings = (
  readings: readonly Reading[],
  partition: number,
  pick: (lane: LaneReading) => bigint | undefined,
): Sighting[] =>
  readings.flatMap(({ at, lanes }) => {
    const lane = lanes.get(partition)
    const value = lane && pick(lane)
    return value === undefined ? [] : [{ at, value }]
  })

/** Sum of the counters of several partitions, moment by moment; only moments at which all of them are known. */
export const summed = (counters: readonly (readonly Sighting[])[]): Sighting[] => {
  const whole = counters.filter(counter => counter.length > 0)
  const moments = whole[0]?.map(({ at }) => at) ?? []
  return moments.flatMap(at => {
    const values = whole.flatMap(counter => counter.find(sighting => sighting.at === at)?.value ?? [])
    return values.length === whole.length ? [{ at, value: values.reduce((sum, value) => sum + value, 0n) }] : []
  })
}

/** Partitions whose commit changed between the readings, forward or back. */
export const moved = (readings: readonly Reading[]): number[] => {
  const partitions = [...(readings[0]?.lanes.keys() ?? [])]
  return partitions.filter(partition => {
    const seen = sightings(readings, partition, lane => lane.committed)
    return seen.some(({ value }) => value !== seen[0]?.value)
  })
}
