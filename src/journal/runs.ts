import { readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { toPrettyJson } from '../core/canonical-json.js'
import { failpoint } from '../core/failpoint.js'
import { checkRunId } from '../core/run-id.js'
import { Refusal, SpillwayError, UserError } from '../errors.js'
import { openAppendFile } from './append-file.js'
import { makeFolders, syncFolder, writeDurably } from './durable.js'
import { type Lock, takeLock } from './lock.js'
import { setAside } from './reserve.js'
import { JOURNAL_FILE, PLAN_FILE, RunFolder } from './run-folder.js'
import { codeOf, unless } from './system-error.js'

/** Where the folder of a run is or would be. */
export const runPath = (home: string, id: string): string => join(home, 'runs', id)

/**
 * Makes the folder of a new run, claimed by this process: written as `.ID`, synced, renamed, so that it is there whole or not at all.
 * `extra` holds further files by name. Throws Refusal `run-exists` or `taken`, and UserError `home-unwritable`.
 */
export async function createRun(
  home: string,
  plan: { readonly run: string },
  extra: Readonly<Record<string, string>> = {},
): Promise<RunFolder> {
  const path = runPath(home, checkRunId(plan.run))
  const files = { ...extra, [PLAN_FILE]: toPrettyJson(plan), [JOURNAL_FILE]: '' }
  try {
    for (let attempt = 1; ; attempt++) {
      const made = await make(path, plan.run, files).catch(error => {
        if (codeOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error
      })
      if (made) return made
    }
  } catch (error) {
    throw asUserError(error, home)
  }
}

/** Another maker of the same run may rename or clear the draft under our hands; the next look finds what it made. */
const ATTEMPTS = 5

async function make(path: string, id: string, files: Readonly<Record<string, string>>): Promise<RunFolder> {
  const draft = join(dirname(path), `.${id}`)
  if (await exists(path)) throw runExists(id)
  await makeFolders(draft)
  const lock = await takeLock(draft, { run: id })
  await fill(draft, lock, files)
  await publish(id, draft, path)
  return new RunFolder(path, { lock, journal: await openAppendFile(join(path, JOURNAL_FILE), 0) })
}

/** Opens a run to be read; `claim` it to write. Throws UserError `no-such-run`. */
export async function openRun(home: string, id: string): Promise<RunFolder> {
  const path = runPath(home, checkRunId(id))
  if ((await unless(['ENOENT', 'ENOTDIR'], stat(join(path, PLAN_FILE)))) !== undefined) return new RunFolder(path)
  throw new UserError(`There is no run ${id} in ${dirname(path)}`, {
    code: 'no-such-run',
    hint: '`spillway runs` lists the runs of this machine, `spillway runs --cluster C` those that the broker knows of.',
  })
}

/** The ids of all runs in this home, oldest first. */
export async function listRuns(home: string): Promise<readonly string[]> {
  const runs = join(home, 'runs')
  const entries = (await unless(['ENOENT'], readdir(runs, { withFileTypes: true }))) ?? []
  return entries
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(entry => entry.name)
    .sort()
}

const exists = async (path: string): Promise<boolean> => (await unless(['ENOENT'], stat(path))) !== undefined

/** Fills a draft that this process holds; what a killed maker of the same run left in it goes first. */
async function fill(draft: string, lock: Lock, files: Readonly<Record<string, string>>): Promise<void> {
  try {
    for (const name of await readdir(draft)) {
      if (name !== lock.file) await rm(join(draft, name), { recursive: true, force: true })
    }
    for (const [name, text] of Object.entries(files)) await writeDurably(join(draft, name), text)
    await setAside(draft)
    await syncFolder(draft)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

async function publish(id: string, draft: string, path: string): Promise<void> {
  failpoint('before-run-folder')
  try {
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error)) ? runExists(id, error) : error
  }
  await syncFolder(dirname(path))
  failpoint('after-run-folder')
}

const runExists = (id: string, cause?: unknown): Refusal =>
  new Refusal(`Run ${id} was started before`, {
    code: 'run-exists',
    hint: `\`spillway status ${id}\` shows it, \`spillway resume ${id}\` carries it on. Plan again for another run.`,
    cause,
  })

function asUserError(error: unknown, home: string): unknown {
  if (error instanceof SpillwayError || codeOf(error) === '') return error
  return new UserError(`${home} cannot be written (${codeOf(error)}), so the run could not be recorded`, {
    code: 'home-unwritable',
    hint: 'Nothing was changed. Make room or give the rights, or point SPILLWAY_HOME at another folder.',
    cause: error,
  })
}
