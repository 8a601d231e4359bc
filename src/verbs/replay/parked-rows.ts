import { createHash } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { shellWord } from '../../core/command-words.js'
import type { MissingFrom } from '../../core/missing-from.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { Refusal } from '../../errors.js'
import type { Io } from '../../io.js'
import { reviveParked } from '../../journal/parked.js'
import { parseLine, readLines } from '../../journal/read-lines.js'
import { PARKED_FILE } from '../../journal/run-folder.js'
import { placeOf } from '../../replay/rows/mark.js'
import { openKnownRun } from '../restore/opened.js'

type Parked = Extract<MissingFrom, { kind: 'parked' }>

/**
 * The command that reads the rows again which a run has parked, maps them anew and sends them, once the mapping, the rows or the target are mended;
 * undefined where it mapped none.
 */
export function parkedRowsCommand({ run, from, target, user }: ReplayPlan): string | undefined {
  if (from.kind !== 'rows' || from.map === undefined) return undefined
  const to = user === undefined ? target : target.replace('://', `://${encodeURIComponent(user)}@`)
  return `spillway replay parked:${run} --map ${shellWord(from.map.file)} --to ${shellWord(to)}`
}

/** The rows that a run has parked, as a plan has them. Throws UserError `no-such-run`. */
export async function parkedRows(run: string, io: Io): Promise<Parked> {
  const keys = await keysOf(run, io)
  return { kind: 'parked', run, ids: keys.length, digest: digestOf(keys) }
}

/** Writes their keys as a list, one a line: whole or not at all. Throws Refusal `stale` where the run has parked others since. */
export async function listParked(list: string, { run, digest }: Parked, io: Io): Promise<void> {
  const keys = await keysOf(run, io)
  if (digestOf(keys) !== digest)
    throw new Refusal(`Run ${run} has parked other rows since the plan was drawn`, {
      code: 'stale',
      hint: 'Plan again.',
    })
  const draft = `${list}.${process.pid}`
  try {
    await writeFile(draft, keys.map(key => `${key}\n`).join(''), { mode: 0o600, flush: true })
    await rename(draft, list)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Keys of the rows, as the database writes them, each once: of what the target refused as well. */
async function keysOf(run: string, io: Io): Promise<readonly string[]> {
  const file = join((await openKnownRun(run, io)).folder.path, PARKED_FILE)
  const keys = new Set<string>()
  for await (const line of readLines(file)) {
    const place = placeOf(parseLine(file, line, reviveParked).origin.mark)
    if (place !== undefined) keys.add(place.key)
  }
  return [...keys]
}

const digestOf = (keys: readonly string[]): string => createHash('sha256').update(JSON.stringify(keys)).digest('hex')
