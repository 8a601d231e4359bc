import { join } from 'node:path'
import { type DuckDb, openDuckDb } from '../archive/duckdb.js'
import { listFrom } from './file-ids.js'
import { idsOf } from './list-file.js'

/** Ids that are held in memory; more of them lie on disk, with DuckDB on top of them. */
const IN_MEMORY = 200_000
const MEMORY = '128MB'

/** A list of ids that is asked for many times. */
export type Wanted = AsyncDisposable & {
  /** Whether each of some ids, at most some thousand, is in the list. */
  has(ids: readonly string[]): Promise<readonly boolean[]>
}

/** Opens a list with an id a line, in bounded memory; what lies on disk goes below `temporary`, and away at the end. Throws UserError `no-file`, RunError `no-duckdb`. */
export async function openWanted(list: string, temporary: string, inMemory: number = IN_MEMORY): Promise<Wanted> {
  const known = new Set<string>()
  for await (const ids of idsOf(list)) {
    for (const id of ids) known.add(id)
    if (known.size > inMemory) return onDisk(list, temporary)
  }
  return {
    has: async ids => ids.map(id => known.has(id)),
    [Symbol.asyncDispose]: async () => known.clear(),
  }
}

async function onDisk(list: string, temporary: string): Promise<Wanted> {
  const db = await openDuckDb({ folder: temporary, memory: MEMORY })
  try {
    // Beyond its memory DuckDB lays what it reads into its folder.
    await db.run('SET preserve_insertion_order = false')
    await db.run(`CREATE TEMP TABLE wanted AS SELECT id FROM ${listFrom(list)} WHERE id <> ''`)
  } catch (error) {
    await db[Symbol.asyncDispose]()
    throw error
  }
  return { has: ids => among(db, ids), [Symbol.asyncDispose]: () => db[Symbol.asyncDispose]() }
}

/** The page is the small side, so it is what is hashed; the list is only passed. */
async function among(db: DuckDb, ids: readonly string[]): Promise<readonly boolean[]> {
  await db.run('CREATE OR REPLACE TEMP TABLE page (line INTEGER, id VARCHAR)')
  const appender = await db.connection.createAppender('page')
  for (const [at, id] of ids.entries()) {
    appender.appendInteger(at)
    appender.appendVarchar(id)
    appender.endRow()
  }
  appender.closeSync()
  const found = await db.connection.runAndReadAll('SELECT DISTINCT line FROM wanted JOIN page USING (id)')
  const there = new Set(found.getRows().map(([line]) => Number(line)))
  return ids.map((_, at) => there.has(at))
}

/** Where the copy of a list lies in the folder of a run. */
export const listIn = (folder: string): string => join(folder, 'missing.txt')
