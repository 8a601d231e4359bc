import type { Slice } from './ports.js'

/** Width of a slice of the first pass, in ms: an hour, as the totals have it. */
export const SLICE_MS = 3_600_000

/** What the sums of both sides say: the ranges where they differ, and the slices that are the same. */
export type Differing = {
  readonly ranges: readonly { readonly from: number; readonly to: number }[]
  readonly same: readonly Slice[]
}

/** Compares slices of both sides by count and sum; neighbours that differ become one range. Pure. */
export function differing(expected: readonly Slice[], seen: readonly Slice[]): Differing {
  const other = new Map(seen.map(slice => [slice.from, slice]))
  const same = expected.filter(slice => isSame(slice, other.get(slice.from)))
  const agreed = new Set(same.map(({ from }) => from))
  const starts = new Set([...expected, ...seen].map(({ from }) => from).filter(from => !agreed.has(from)))
  const ranges: { from: number; to: number }[] = []
  for (const from of [...starts].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.to === from) last.to = from + SLICE_MS
    else ranges.push({ from, to: from + SLICE_MS })
  }
  return { ranges, same }
}

const isSame = (one: Slice, other: Slice | undefined): boolean => one.count === other?.count && one.sum === other.sum
