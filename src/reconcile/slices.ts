import type { IdStream, Slice, TimeRange } from './ports.js'

/** Width of a slice of the first pass, in ms. */
export const SLICE_MS = 3_600_000

/** What the sums of both sides say: the ranges where they differ, and the ids that lie in the others. */
export type Differing = { readonly ranges: readonly TimeRange[]; readonly same: readonly Slice[] }

/** Compares slices of both sides by count and sum; neighbours that differ become one range, cut off at the ends of `within`. Pure. */
export function differing(expected: readonly Slice[], seen: readonly Slice[], within: TimeRange): Differing {
  const other = new Map(seen.map(slice => [slice.from, slice]))
  const same = expected.filter(slice => isSame(slice, other.get(slice.from)))
  const agreed = new Set(same.map(({ from }) => from))
  const starts = [...new Set([...expected, ...seen].map(({ from }) => from))].filter(from => !agreed.has(from))
  const ranges: { from: number; to: number }[] = []
  for (const from of starts.sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.to === from) last.to = from + SLICE_MS
    else ranges.push({ from, to: from + SLICE_MS })
  }
  return { ranges: ranges.map(range => cutOff(range, within)), same }
}

const isSame = (one: Slice, other: Slice | undefined): boolean => one.count === other?.count && one.sum === other.sum

const cutOff = ({ from, to }: { from: number; to: number }, within: TimeRange): TimeRange => ({
  from: Math.max(from, within.from ?? from),
  to: Math.min(to, within.to ?? to),
})

/** Asks both sides for their sums; undefined where one of them cannot give any. Throws as `IdStream.slices`. */
export async function firstPass(
  sides: { readonly expected: IdStream; readonly seen: IdStream },
  range: TimeRange,
  signal: AbortSignal,
): Promise<Differing | undefined> {
  const expected = await sides.expected.slices?.(range, SLICE_MS, signal)
  const seen = expected && (await sides.seen.slices?.(range, SLICE_MS, signal))
  return expected === undefined || seen === undefined ? undefined : differing(expected, seen, range)
}
