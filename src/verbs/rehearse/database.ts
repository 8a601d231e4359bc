import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Bug, UserError } from '../../errors.js'
import type { Io } from '../../io.js'
import { givenDatabase } from '../../lab/database/given.js'
import { inspectDatabase } from '../../lab/database/report.js'
import { startDatabase } from '../../lab/database/start.js'
import { readDatabase } from '../../lab/database/state.js'
import { labHome } from '../../lab/home.js'
import { runSql } from '../../lab/postgres/client.js'
import { POSTGRES } from '../../lab/postgres/postgres.js'
import type { LabView } from '../../lab/report.js'
import { type GroundRequest, labName } from './ground.js'

const EXAMPLES = new URL('../../../examples/idempotent/', import.meta.url)

/** What the handler of a rehearsal writes to. `clear` ends the server that was started, or removes our tables from the one that was given. */
export type Database = {
  readonly report: LabView
  /** With its password: for the handler and the proof alone. */
  readonly url: string
  readonly clear: () => Promise<void>
  /** Our own schema on a server that was given. */
  readonly schema?: string
  /** What is left of ours on a server that was given, in words; absent where the server itself goes. */
  readonly leaves?: string
}

/** The tables of the handler, as SQL. */
export const handlerTables = (): Promise<string> => readFile(new URL('postgres-batch.sql', EXAMPLES), 'utf8')

/** The handler's file, as it is typed from here. */
export function handlerFile(): string {
  const path = fileURLToPath(new URL('postgres-batch.mjs', EXAMPLES))
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}

/**
 * Starts a PostgreSQL, or takes the one of SPILLWAY_POSTGRES_URL, and makes tables there. Throws a UserError where
 * nothing here can run one.
 */
export async function takeDatabase(how: GroundRequest, io: Io, tables: string): Promise<Database> {
  const database = io.env.SPILLWAY_POSTGRES_URL ? await given(io.env.SPILLWAY_POSTGRES_URL) : await started(how, io)
  io.secrets?.add(new URL(database.url).password)
  await runSql(database.url, tables)
  return database
}

/** Lets the handler find the database: a module in this process sees its environment, and none of ours. */
export async function withDatabase(url: string, work: () => Promise<void>): Promise<void> {
  const before = process.env.DATABASE_URL
  process.env.DATABASE_URL = url
  try {
    await work()
  } finally {
    if (before === undefined) delete process.env.DATABASE_URL
    else process.env.DATABASE_URL = before
  }
}

async function started({ keep, say }: GroundRequest, io: Io): Promise<Database> {
  const home = labHome(io.env)
  const lab = await startDatabase(POSTGRES, { name: labName(), home, keep, stop: io.soft }, say).catch(withoutOne)
  const state = await readDatabase(POSTGRES, home, lab.name)
  if (state === undefined) throw new Bug(`The lab ${lab.name} has no state`)
  const report = { name: lab.name, postgres: await inspectDatabase(POSTGRES, home, state) }
  return { report, url: lab.url, clear: () => lab.stop() }
}

/** A machine that cannot have one can still rehearse the rest. */
function withoutOne(error: unknown): never {
  if (!(error instanceof UserError) || error.code !== 'lab-needs-postgres') throw error
  throw new UserError(error.message, {
    code: error.code,
    hint: `${error.hint} Or rehearse without a database: --no-database.`,
    details: error.details,
    cause: error,
  })
}

/** On a PostgreSQL of the user's the tables are in a schema of our own, which goes again. */
async function given(url: string): Promise<Database> {
  const report = { name: 'given', postgres: await givenDatabase(POSTGRES, url) }
  const schema = labName().replace('-', '_')
  await runSql(url, `CREATE SCHEMA ${schema}`)
  const clear = async () => void (await runSql(url, `DROP SCHEMA ${schema} CASCADE`))
  return { report, url: inSchema(url, schema), schema, clear, leaves: `schema ${schema}` }
}

/** The address with a search path, as a driver takes it from there. */
function inSchema(address: string, schema: string): string {
  const url = new URL(address)
  url.searchParams.set('options', `-c search_path=${schema}`)
  return url.href
}
