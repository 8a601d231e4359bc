import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { homeFolder } from '../../core/home.js'
import { UserError } from '../../errors.js'
import type { Io } from '../../io.js'
import { makeFolders, syncFolder, writeDurably } from '../../journal/durable.js'
import { codeOf, unless } from '../../journal/system-error.js'
import { toPrettyJson } from '../../present/json.js'

export type StepState = 'planned' | 'running' | 'done' | 'refused' | 'failed' | 'stopped' | 'skipped'
export type RunbookState = 'planned' | 'running' | 'complete' | 'refused' | 'failed' | 'stopped'

/** What became of one step. */
export type StepRecord = {
  readonly name: string
  readonly state: StepState
  readonly exitCode: number | null
  readonly seconds: number | null
}

/** One execution of a runbook, as its file keeps it; it can be carried on from there. Never with a password. */
export type RunbookRecord = {
  readonly version: 1
  readonly id: string
  readonly runbook: string
  readonly path: string
  /** SHA-256 of the Markdown, hex. */
  readonly digest: string
  readonly startedAt: string
  /** Given with `--reason`. */
  readonly reason?: string
  readonly given: Readonly<Record<string, string>>
  /** Parameters whose value held a password: they must be given again. */
  readonly withheld: readonly string[]
  readonly kept: Readonly<Record<string, string>>
  readonly steps: readonly StepRecord[]
  readonly state: RunbookState
  /** Step to go on with; null when complete. */
  readonly nextStep: string | null
}

const folderOf = (env: Io['env']): string => join(homeFolder(env), 'runbooks')

/** Where a record is kept. */
export const recordPath = (env: Io['env'], id: string): string => join(folderOf(env), `${id}.json`)

/** Replaces the record on disk, whole or not at all; resolves when it is synced. Throws UserError `home-unwritable`. */
export async function saveRecord(record: RunbookRecord, env: Io['env']): Promise<void> {
  const path = recordPath(env, record.id)
  const draft = join(dirname(path), `.${record.id}.${process.pid}`)
  try {
    await makeFolders(dirname(path))
    await rm(draft, { force: true })
    await writeDurably(draft, toPrettyJson(record))
    await rename(draft, path)
    await syncFolder(dirname(path))
  } catch (error) {
    if (codeOf(error) === '') throw error
    throw new UserError(`${path} cannot be written (${codeOf(error)}), so the steps could not be recorded`, {
      code: 'home-unwritable',
      hint: 'Make room or give the rights, or point SPILLWAY_HOME at another folder.',
      cause: error,
    })
  }
}

/** Reads a record. Throws UserError `no-such-record`. */
export async function openRecord(id: string, env: Io['env']): Promise<RunbookRecord> {
  const text = await unless(['ENOENT'], readFile(recordPath(env, id), 'utf8'))
  if (text !== undefined) return JSON.parse(text) as RunbookRecord
  throw new UserError(`There is no record ${id} in ${folderOf(env)}`, {
    code: 'no-such-record',
    hint: '`spillway runbook list` shows the records that are not finished.',
  })
}

/** All records that are not complete, oldest first. */
export async function openRecords(env: Io['env']): Promise<readonly RunbookRecord[]> {
  const names = (await unless(['ENOENT'], readdir(folderOf(env)))) ?? []
  const ids = names.filter(name => /^[^.].*\.json$/.test(name)).map(name => name.slice(0, -'.json'.length))
  const records = await Promise.all(ids.sort().map(id => openRecord(id, env)))
  return records.filter(({ state }) => state !== 'complete')
}
