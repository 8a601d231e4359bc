/** A stretch of one partition's backlog to look into: offsets from `from` to before `to`, at most `records` of them. */
export type Stretch = { readonly from: bigint; readonly to: bigint; readonly records: number }

/** A partition's backlog: offsets from the group's position to the end. */
export type Unread = { readonly partition: number; readonly from: bigint; readonly to: bigint }

const LANES_AT_MOST = 256
const STRETCHES_A_LANE = 8
const RECORDS_A_STRETCH = 250
const RECORDS_A_LANE = 50

/**
 * Spreads a sample over partitions by their lag and, within each, evenly over its backlog: a hot hour must not hide
 * behind a calm start. Partitions without a backlog and, beyond 256 of them, those with the smallest are left out.
 */
export const sampleSpots = (lanes: readonly Unread[], records: number): Map<number, Stretch[]> => {
  const sorted = lanes
    .filter(lane => lane.to > lane.from)
    .sort((a, b) => (a.to - a.from > b.to - b.from ? -1 : 1))
    .slice(0, LANES_AT_MOST)
  const lag = sorted.reduce((sum, lane) => sum + Number(lane.to - lane.from), 0)
  return new Map(
    sorted.map(lane => {
      const fair = Math.max(RECORDS_A_LANE, Math.ceil((records * Number(lane.to - lane.from)) / lag))
      return [lane.partition, stretches(lane, fair)]
    }),
  )
}

const stretches = ({ from, to }: Unread, records: number): Stretch[] => {
  const count = Math.min(STRETCHES_A_LANE, Math.ceil(records / RECORDS_A_STRETCH), Number(to - from))
  const at = (i: number) => from + ((to - from) * BigInt(i)) / BigInt(count)
  return Array.from({ length: count }, (_, i) => ({ from: at(i), to: at(i + 1), records: Math.ceil(records / count) }))
}
