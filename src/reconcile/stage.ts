import { Bug, RunError, UserError } from '../errors.js'
import type { IdBatch, IdRelation, IdSource, IdStream, TimeRange } from './ports.js'
import { RAW, type Work } from './work.js'

/** Which side: ids that are expected, or that were seen. */
export type Side = 'expected' | 'seen'

/** Ids that are carried over into the work file at once, and their characters: what is held in memory. */
const ROWS = 1_000_000
const CHARACTERS = 32 << 20

/** Reads one side into the work file, bucket by bucket of a hash. Throws UserError, BrokerError, RunError `reconcile`, the signal's reason. */
export async function stage(
  work: Work,
  { side, source, range, signal }: { side: Side; source: IdSource; range: TimeRange; signal: AbortSignal },
): Promise<void> {
  if (source.kind === 'stream') return work.withLess(() => stageStream(work, { side, source, range, signal }))
  await work.run(`SET TimeZone = '${source.zone}'`)
  try {
    await work.withLess(async () => {
      await work.run(insert(side, { into: 'raw', id: 'id', from: `(${source.sql})${within(range)}` }))
      await layByBucket(work)
    })
  } catch (error) {
    throw error instanceof RunError && INPUT.test(error.message) ? unreadable(source, error) : error
  }
}

/** Some rows at a time, so that a pass need not read all of the work file: to sort a hundred million at once DuckDB needs more memory than there is. */
async function layByBucket(work: Work): Promise<void> {
  await work.run('CHECKPOINT work')
  const [before, rows] = [await countOf(work, 'ids'), await countOf(work, 'raw')]
  for (let at = 0; at < rows; at += ROWS) {
    const some = `SELECT * FROM work.raw WHERE rowid >= ${at} AND rowid < ${at + ROWS}`
    await work.run(`INSERT INTO work.ids ${some} ORDER BY bucket`)
    await work.run('CHECKPOINT work')
  }
  if ((await countOf(work, 'ids')) !== before + rows) throw new Bug('Ids were lost between two tables of the work file')
  // A table that is only emptied may go on where it was with the numbers of its rows.
  await work.run(`DROP TABLE work.raw; ${RAW}`)
}

const countOf = async (work: Work, table: 'ids' | 'raw'): Promise<number> =>
  Number((await work.row(`SELECT count(*) AS rows FROM work.${table}`)).rows)

/** What DuckDB calls what is wrong with a file's content; what is wrong with the disk is another. */
const INPUT = /^(Invalid Input|Conversion|Invalid Error|Binder|Parser|Not implemented) Error/

const unreadable = ({ name }: IdRelation, cause: RunError): UserError =>
  new UserError(`${name} cannot be read: ${cause.message}`, {
    code: 'unreadable',
    hint: 'Nothing was compared. Mend the row that it names, or choose other columns with --key and --time.',
    cause,
  })

async function stageStream(
  work: Work,
  { side, source, range, signal }: { side: Side; source: IdStream; range: TimeRange; signal: AbortSignal },
): Promise<void> {
  const id = source.pointer === undefined ? 'id' : pointed(source.pointer)
  const carry = async () => {
    appender.closeSync()
    // By bucket, so that a pass need not read all of the work file.
    await work.run(`${insert(side, { into: 'ids', id, from: 'incoming' })} ORDER BY 2`)
    await work.run('CHECKPOINT work')
    // Rows that are only deleted would keep their memory.
    await work.run(INCOMING)
  }
  let [rows, characters] = [0, 0]
  await work.run(INCOMING)
  let appender = await work.db.connection.createAppender('incoming')
  for await (const batch of source.batches(range, signal)) {
    signal.throwIfAborted()
    rows += batch.ids.length
    characters += append(appender, batch)
    if (rows < ROWS && characters < CHARACTERS) continue
    await carry()
    appender = await work.db.connection.createAppender('incoming')
    ;[rows, characters] = [0, 0]
  }
  await carry()
}

const INCOMING = 'CREATE OR REPLACE TEMP TABLE incoming (id VARCHAR, time BIGINT)'

type Appender = Awaited<ReturnType<Work['db']['connection']['createAppender']>>

function append(appender: Appender, { ids, times }: IdBatch): number {
  let characters = 0
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at] ?? null
    const time = times[at] ?? null
    if (id === null) appender.appendNull()
    else appender.appendVarchar(id)
    if (time === null) appender.appendNull()
    else appender.appendBigInt(BigInt(time))
    appender.endRow()
    characters += id?.length ?? 0
  }
  return characters
}

const insert = (side: Side, { into, id, from }: { into: 'ids' | 'raw'; id: string; from: string }): string =>
  `INSERT INTO work.${into} SELECT ${side === 'seen'}, (hash(id) & 255)::UTINYINT, id, time FROM (SELECT ${id} AS id, time FROM ${from})`

/** What is no JSON has no id. */
const pointed = (pointer: string): string =>
  `CASE WHEN json_valid(id) THEN id::JSON ->> '${pointer.replaceAll("'", "''")}' END`

function within({ from, to }: TimeRange): string {
  const terms = [...(from === undefined ? [] : [`time >= ${from}`]), ...(to === undefined ? [] : [`time < ${to}`])]
  return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`
}
