import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { logDirs } from '../../../src/brokers/kafka/admin/log-dirs.js'
import type { Link } from '../../../src/brokers/kafka/link.js'
import { baseOffset, batchBytes, lastOffsetDelta } from '../../../src/brokers/kafka/records/batch-header.js'
import { differences } from '../sheet.js'

/** Offsets [from, to) of one partition. */
export type Kept = { readonly lane: string; readonly from: string; readonly to: string }

/** An archive, and what must be in it. */
export type Archived = {
  readonly folder: string
  readonly topic: string
  readonly lanes: readonly Kept[]
  /** Committed data records in them. */
  readonly records: number
}

/**
 * What is wrong with an archive: each partition's files must hold exactly the batches of the range, byte for byte as they lie in the segment files of the
 * broker (of this machine, one replica), and the index one row for each record.
 */
export async function archiveProblems(link: Link, archived: Archived): Promise<readonly string[]> {
  const [dir] = (await logDirs(link))[0]?.dirs ?? []
  if (dir === undefined) throw new Error('the broker has no log directory')
  const problems: string[] = []
  for (const lane of archived.lanes) {
    const name = `${archived.topic}-${lane.lane}`
    const wanted = within(await segments(join(dir.path, name)), lane)
    const found = await segments(join(archived.folder, name))
    if (!found.equals(wanted)) problems.push(`archive of partition ${lane.lane}: ${firstDifference(found, wanted)}`)
  }
  return [...problems, ...(await indexProblems(archived))]
}

/** The bytes of all segment files in a folder, in order; none where it is not there. */
async function segments(folder: string): Promise<Buffer> {
  if (!existsSync(folder)) return Buffer.alloc(0)
  const names = (await readdir(folder)).filter(name => name.endsWith('.log')).sort()
  return Buffer.concat(await Promise.all(names.map(name => readFile(join(folder, name)))))
}

/** The batches that hold an offset of the range, or a hole of it. */
function within(log: Buffer, { from, to }: Kept): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at + 61 <= log.length && batchBytes(log, at) > 12; at += batchBytes(log, at)) {
    const base = baseOffset(log, at)
    if (base < Number(to) && base + lastOffsetDelta(log, at) >= Number(from) && Number(from) < Number(to))
      parts.push(log.subarray(at, at + batchBytes(log, at)))
  }
  return Buffer.concat(parts)
}

function firstDifference(found: Buffer, wanted: Buffer): string {
  let at = 0
  while (at < found.length && found[at] === wanted[at]) at++
  return `${found.length} bytes instead of ${wanted.length}, different from byte ${at} on`
}

type LaneRows = {
  readonly lane: string
  readonly rows: bigint
  readonly marks: bigint
  readonly least: bigint
  readonly most: bigint
}

async function indexProblems({ folder, lanes, records }: Archived): Promise<string[]> {
  const rows = await rowsOf(folder)
  const total = rows.reduce((sum, each) => sum + each.rows, 0n)
  const astray = rows.flatMap(({ lane, marks, rows: count, least, most }) => {
    const kept = lanes.find(each => each.lane === lane)
    const inside = kept !== undefined && least >= BigInt(kept.from) && most < BigInt(kept.to)
    return [
      ...(marks === count ? [] : [`index of partition ${lane}: ${count} rows of ${marks} records`]),
      ...(inside ? [] : [`index of partition ${lane}: rows of ${least} to ${most}`]),
    ]
  })
  return [...astray, ...differences('index', { rows: total }, { rows: records })]
}

/** What the index holds of each lane, sealed or not. */
async function rowsOf(folder: string): Promise<readonly LaneRows[]> {
  const parquet = join(folder, 'index.parquet')
  const table = existsSync(parquet) ? `read_parquet('${parquet}')` : `read_csv('${join(folder, 'index.csv.zst')}')`
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    const result = await connection.runAndReadAll(
      `SELECT CAST(lane AS VARCHAR) AS lane, count(*) AS rows, count(DISTINCT mark) AS marks, CAST(min(CAST(mark AS BIGINT)) AS BIGINT) AS least, CAST(max(CAST(mark AS BIGINT)) AS BIGINT) AS most FROM ${table} GROUP BY 1`,
    )
    return result.getRowObjects() as unknown as readonly LaneRows[]
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
