import { readdir } from 'node:fs/promises'
import { runsFolder } from '../core/home.js'
import { UserError } from '../errors.js'

type Env = Readonly<Record<string, string | undefined>>

/** More known runs than these help nobody to find the one that was meant. */
export const MOST_NAMED = 5

/** Ids of the runs in this home, newest last by name; unfinished folders (`.ID`) are left out. */
export const knownRuns = async (env: Env): Promise<string[]> => {
  try {
    const entries = await readdir(runsFolder(env), { withFileTypes: true })
    return entries
      .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(entry => entry.name)
      .sort()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** The error for a verb that was given no RUN: names the newest runs that there are. */
export const missingRun = async (env: Env): Promise<UserError> => {
  const runs = await knownRuns(env)
  const hint =
    runs.length === 0
      ? `There are no runs in ${runsFolder(env)}.`
      : `Name one of the ${runs.length} in ${runsFolder(env)}; \`spillway runs\` shows their state.`
  return new UserError('RUN is missing; it is never guessed', {
    hint,
    details: runs.slice(-MOST_NAMED).map(run => ({ at: run, message: 'a known run' })),
  })
}
