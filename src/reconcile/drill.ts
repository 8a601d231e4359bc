import type { ReconcileCounts } from '../core/reconcile-counts.js'
import { compare } from './compare.js'
import type { IdSource, IdStream, Slice, TimeRange } from './ports.js'
import { differing, SLICE_MS } from './slices.js'
import { stage } from './stage.js'
import type { Work } from './work.js'

type Sides = {
  readonly expected: IdSource
  readonly seen: readonly IdSource[]
  readonly range: TimeRange
  readonly signal: AbortSignal
  readonly progress?: (state: string) => void
}

/**
 * Compares counts and sums by time first, and reads the ids only where they differ. Undefined, with nothing staged, where a side cannot give sums, or where something extra was
 * found: it may be a second sighting of an id in a slice that was not read. Throws as `reconcile`.
 */
export async function drill(work: Work, sides: Sides): Promise<ReconcileCounts | undefined> {
  const { range, signal, progress } = sides
  const pair = pairOf(sides)
  if (pair === undefined) return undefined
  progress?.('comparing sums by the hour')
  const expected = await pair.expected.slices(range, SLICE_MS, signal)
  const seen = expected && (await pair.seen.slices({}, SLICE_MS, signal))
  if (expected === undefined || seen === undefined) return undefined
  const { ranges, same } = differing(expected, seen)
  // Where both sides keep different times, as of ordering and of handling, the hours tell nothing.
  if (same.length < hoursOf(ranges)) return undefined
  progress?.(`reading ${ranges.length} ranges that differ; ${same.length} hours are the same`)
  for (const differs of ranges) {
    const within = overlap(differs, range)
    if (within !== undefined) await stage(work, { side: 'expected', source: pair.expected, range: within, signal })
    await stage(work, { side: 'seen', source: pair.seen, range: differs, signal })
  }
  const found = await compare(work)
  if (found.extra === 0) return withSame(work, found, same)
  for (const table of ['ids', 'missing', 'hours']) await work.run(`TRUNCATE work.${table}`)
  return undefined
}

const hoursOf = (ranges: readonly { readonly from: number; readonly to: number }[]): number =>
  ranges.reduce((sum, { from, to }) => sum + (to - from) / SLICE_MS, 0)

type Sliced = IdStream & Required<Pick<IdStream, 'slices'>>

function pairOf({ expected, seen }: Sides): { readonly expected: Sliced; readonly seen: Sliced } | undefined {
  const [only, ...others] = seen
  return isSliced(expected) && isSliced(only) && others.length === 0 ? { expected, seen: only } : undefined
}

const isSliced = (source: IdSource | undefined): source is Sliced =>
  source?.kind === 'stream' && source.slices !== undefined

function overlap(one: { from: number; to: number }, { from, to }: TimeRange): TimeRange | undefined {
  const both = { from: Math.max(one.from, from ?? one.from), to: Math.min(one.to, to ?? one.to) }
  return both.from < both.to ? both : undefined
}

/** A slice is an hour, so that it is a line of the totals. */
async function withSame(work: Work, found: ReconcileCounts, same: readonly Slice[]): Promise<ReconcileCounts> {
  const values = same.map(({ from, count }) => `(${from / SLICE_MS}, ${count}, 0, 0)`)
  if (values.length > 0) await work.run(`INSERT INTO work.hours VALUES ${values.join(', ')}`)
  const count = Number(same.reduce((sum, each) => sum + each.count, 0n))
  return { ...found, expected: found.expected + count, seen: found.seen + count }
}
