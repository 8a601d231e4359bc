import { measuredRate } from '../../../core/measured-rate.js'
import type { LaneView, Survey } from '../../../core/survey.js'
import { sightings, summed } from './rates.js'
import type { LaneReading, Reading } from './reading.js'

/** Adds up the partitions. `bytes`: of the unread part of all logs, absent where unknown. */
export const totalOf = (
  lanes: readonly LaneView[],
  { readings, bytes }: { readonly readings: readonly Reading[]; readonly bytes?: number },
): Survey['total'] => {
  const growthRate = rateOf(readings, lane => lane.end)
  const serviceRate = rateOf(readings, lane => lane.committed)
  const oldest = lanes.filter(lane => lane.oldestAt !== undefined).sort(byAge)[0]
  const losses = lanes.flatMap(lane => lane.firstLoss?.seconds ?? [])
  return {
    lag: lanes.reduce((sum, lane) => sum + lane.lag, 0n),
    lagIsUpperBound: lanes.some(lane => lane.lagIsUpperBound),
    growth: growthRate.mean,
    service: serviceRate.mean,
    growthRate,
    serviceRate,
    ...(oldest?.oldestAt !== undefined && { oldestAt: oldest.oldestAt }),
    ...(oldest?.oldestAgeSeconds !== undefined && { oldestAgeSeconds: oldest.oldestAgeSeconds }),
    ...(losses.length > 0 && { firstLossSeconds: Math.min(...losses) }),
    lostAlready: lanes.reduce((sum, lane) => sum + lane.lostAlready, 0n),
    lanesWithoutCommit: lanes.filter(lane => lane.committed === undefined).length,
    ...(bytes !== undefined && { bytes: BigInt(Math.round(bytes)) }),
  }
}

const byAge = (a: LaneView, b: LaneView): number => (b.oldestAgeSeconds ?? 0) - (a.oldestAgeSeconds ?? 0)

const rateOf = (readings: readonly Reading[], pick: (lane: LaneReading) => bigint | undefined) => {
  const partitions = [...(readings[0]?.lanes.keys() ?? [])]
  return measuredRate(summed(partitions.map(partition => sightings(readings, partition, pick))))
}
