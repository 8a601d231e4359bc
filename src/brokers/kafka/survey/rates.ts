import type { Sighting } from '../../../core/measured-rate.js'
import type { LaneReading, Reading } from './reading.js'

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
