import type { ReconcileCounts } from '../core/reconcile-counts.js'
import { compare, type Hour, hours } from './compare.js'
import { drill } from './drill.js'
import { writeMissing } from './missing-file.js'
import type { IdSource, TimeRange } from './ports.js'
import { type Side, stage } from './stage.js'
import { openWork, type Work } from './work.js'

/** What is compared, and where the result and the work files go. */
export type Comparison = {
  readonly expected: IdSource
  /** An id is seen if any of these has it. */
  readonly seen: readonly IdSource[]
  /** Of the expected side. */
  readonly range: TimeRange
  /** Path of the file of missing ids. */
  readonly missingFile: string
  /** Folder below which the work files lie meanwhile. */
  readonly temporary: string
  readonly signal: AbortSignal
  /** Told of what is at work. */
  readonly progress?: (state: string) => void
}

/** What never got through. */
export type Reconciled = ReconcileCounts & {
  readonly missingFile: string
  /** The first 1,000 of the file. */
  readonly missingIds: readonly string[]
  /** Expected rows of a file, a database or an archive that a range left out because they have no time. */
  readonly withoutTime: number
  readonly hours: readonly Hour[]
}

/**
 * Compares two sets of ids exactly, in bounded memory: both lie on disk meanwhile, and are joined part by part. Changes nothing but
 * the file that it writes. Throws UserError, BrokerError, RunError `reconcile`, `no-duckdb`, `id-with-newline`, the signal's reason.
 */
export async function reconcile(comparison: Comparison): Promise<Reconciled> {
  const { missingFile, temporary, signal } = comparison
  await using work = await openWork(temporary, signal)
  const found = (await drill(work, comparison)) ?? (await readAll(work, comparison))
  const withoutTime = await leftOut(work, comparison)
  const { expected, seen, missing, extra, duplicates, ...more } = found
  const missingIds = await writeMissing(work, missingFile, signal)
  return {
    expected,
    seen,
    missing,
    extra,
    duplicates,
    missingFile,
    missingIds,
    ...more,
    withoutTime,
    hours: await hours(work),
  }
}

async function readAll(work: Work, comparison: Comparison): Promise<ReconcileCounts> {
  const { signal, progress } = comparison
  for (const { side, source, range } of sides(comparison)) {
    progress?.(`reading ${side}: ${source.name}`)
    await stage(work, { side, source, range, signal })
  }
  return compare(work, share => progress?.(`comparing, ${Math.floor(share * 10) * 10} %`))
}

/** A column that is empty throughout would leave out all rows, and nothing would seem to be missing. */
async function leftOut(work: Work, { expected, range, signal }: Comparison): Promise<number> {
  if ((range.from ?? range.to) === undefined) return 0
  if (expected.kind === 'stream') return (await expected.timeless?.(signal)) ?? 0
  const row = await work.row(`SELECT count(*) AS rows FROM (${expected.sql}) WHERE time IS NULL`)
  return Number(row.rows)
}

const sides = ({
  expected,
  seen,
  range,
}: Comparison): readonly { side: Side; source: IdSource; range: TimeRange }[] => [
  { side: 'expected', source: expected, range },
  ...seen.map(source => ({ side: 'seen' as const, source, range: {} })),
]
