import type { Counts } from './event.js'

export const NO_COUNTS: Counts = {
  read: 0n,
  written: 0n,
  parked: 0n,
  dropped: 0n,
  holes: 0n,
  markers: 0n,
  aborted: 0n,
  bytes: 0n,
}

/** The fields of counts, in the order in which they travel with an offset commit. */
export const COUNT_FIELDS = ['read', 'written', 'parked', 'dropped', 'holes', 'markers', 'aborted', 'bytes'] as const

/** Adds two counts field by field or, with -1, takes the second away. */
export function addCounts(a: Counts, b: Counts, sign: 1n | -1n = 1n): Counts {
  const sum = { ...a }
  for (const field of COUNT_FIELDS) sum[field] = a[field] + sign * b[field]
  return sum
}
