import { rename, rm, stat, writeFile } from 'node:fs/promises'

import type { DrainPlan } from '../../core/plan.js'
import { UserError } from '../../errors.js'
import { toPrettyJson } from '../../present/json.js'

/** Saves a plan whole or not at all: on a full disk the one that was there stays. Throws UserError `save`. */
export async function savePlan(plan: DrainPlan, file: string): Promise<void> {
  try {
    await replace(file, toPrettyJson(plan))
  } catch (cause) {
    throw new UserError(`The plan cannot be written to ${file} (${(cause as NodeJS.ErrnoException).code})`, {
      code: 'save',
      hint: 'Choose another place with --save.',
      cause,
    })
  }
}

async function replace(file: string, text: string): Promise<void> {
  // A device or a pipe is written to, not replaced.
  if (await isOther(file)) return writeFile(file, text)
  const draft = `${file}.${process.pid}`
  try {
    await writeFile(draft, text, { flag: 'wx' })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function isOther(file: string): Promise<boolean> {
  try {
    return !(await stat(file)).isFile()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
