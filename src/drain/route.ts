/**
 * The lane map of a drain: a record of source partition p goes to lane p, p+P, … or p+(k−1)P, so each lane has one source
 * partition and a key stays in one lane. This is the reference; the relay inlines the same arithmetic on its hot path.
 */

/**
 * Lane of a key: `p + P·(floor(h / P) mod k)`, h = murmur2(key) & 0x7fffffff as the producers use it. Not `h mod k`: the
 * producers already took h mod P, so with P and k sharing factors most lanes would stay empty.
 */
export const laneFor = (partition: number, partitions: number, factor: number, hash: number): number =>
  partition + partitions * (Math.floor(hash / partitions) % factor)

/** Lane of a record without a key: they go round the block by source offset, so that routing can be repeated exactly. */
export const nullKeyLane = (partition: number, partitions: number, factor: number, offset: bigint): number =>
  partition + partitions * Number(offset % BigInt(factor))

/** All lanes of one source partition, in order. */
export const lanesOf = (partition: number, partitions: number, factor: number): number[] =>
  Array.from({ length: factor }, (_, block) => partition + partitions * block)

/** The one source partition that writes to a lane. */
export const sourceOf = (lane: number, partitions: number): number => lane % partitions
