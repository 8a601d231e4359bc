import type { ReconcileCounts } from '../core/reconcile-counts.js'
import type { Work } from './work.js'

/** Rows of one pass, both sides together: their distinct ids fit into the memory. */
const ROWS_PER_PASS = 1_000_000
const BUCKETS = 256

const NONE = { expected: 0, missing: 0, extra: 0, duplicates: 0 }
type Counted = typeof NONE

/** Compares what was staged, pass by pass, each a range of the hash; keeps missing ids and sums by hour. Throws RunError `reconcile`, the signal's reason. */
export async function compare(
  work: Work,
  progress: (share: number) => void = () => undefined,
): Promise<ReconcileCounts> {
  const rows = await work.row(ROWS)
  const step = Math.max(1, Math.floor((BUCKETS * ROWS_PER_PASS) / Math.max(1, number(rows.rows))))
  const total = { ...NONE }
  for (let bucket = 0; bucket < BUCKETS; bucket += step) {
    const counted = await pass(work, bucket, Math.min(BUCKETS, bucket + step) - 1)
    for (const name of Object.keys(total) as (keyof Counted)[]) total[name] += counted[name]
    progress(Math.min(1, (bucket + step) / BUCKETS))
  }
  const { expected, missing, extra } = total
  const [expectedRows, seen] = [number(rows.expected), number(rows.seen)]
  return {
    ...total,
    seen,
    surplus: seen - (expected - missing + extra),
    withoutId: { expected: number(rows.expected_without), seen: number(rows.seen_without) },
    expectedAgain: expectedRows - expected,
  }
}

const ROWS = `SELECT count(*) AS rows, count(id) FILTER (NOT seen) AS expected, count(id) FILTER (seen) AS seen,
  count(*) FILTER (NOT seen AND id IS NULL) AS expected_without, count(*) FILTER (seen AND id IS NULL) AS seen_without FROM work.ids`

const number = (value: unknown): number => Number(value ?? 0)

async function pass(work: Work, from: number, to: number): Promise<Counted> {
  // Replaced, the last one would stay in memory until this one stands.
  await work.run('DROP TABLE IF EXISTS pass')
  await work.run(`CREATE TEMP TABLE pass AS SELECT id, count(*) FILTER (NOT seen) AS expected, count(*) FILTER (seen) AS seen,
    min(time) FILTER (NOT seen) AS time FROM work.ids WHERE bucket BETWEEN ${from} AND ${to} AND id IS NOT NULL GROUP BY id`)
  await work.run('INSERT INTO work.missing SELECT id, time FROM pass WHERE expected > 0 AND seen = 0')
  await work.run(`INSERT INTO work.hours SELECT floor(time / 3600000)::BIGINT, count(*), count(*) FILTER (seen = 0), count(*) FILTER (seen > 1)
    FROM pass WHERE expected > 0 GROUP BY 1`)
  const row =
    await work.row(`SELECT count(*) FILTER (expected > 0) AS expected, count(*) FILTER (expected > 0 AND seen = 0) AS missing,
    count(*) FILTER (expected = 0) AS extra, count(*) FILTER (seen > 1) AS duplicates FROM pass`)
  return {
    expected: number(row.expected),
    missing: number(row.missing),
    extra: number(row.extra),
    duplicates: number(row.duplicates),
  }
}

/** Totals of an hour of the expected side, in distinct ids. */
export type Hour = {
  /** Its beginning, ISO 8601 in UTC; null for rows without a time. */
  readonly hour: string | null
  readonly expected: number
  readonly missing: number
  readonly duplicates: number
}

const HOUR_MS = 3_600_000

/** The hours of the expected side in order, those without a time last. Throws as `compare`. */
export async function hours(work: Work): Promise<readonly Hour[]> {
  const rows = await work.all(
    'SELECT hour, sum(expected) AS expected, sum(missing) AS missing, sum(duplicates) AS duplicates FROM work.hours GROUP BY hour ORDER BY hour NULLS LAST',
  )
  return rows.map(({ hour, expected, missing, duplicates }) => ({
    hour: hour === null ? null : new Date(number(hour) * HOUR_MS).toISOString(),
    expected: number(expected),
    missing: number(missing),
    duplicates: number(duplicates),
  }))
}
