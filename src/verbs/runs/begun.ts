import { stat } from 'node:fs/promises'
import { Refusal } from '../../errors.js'

/** Refuses a plan that was run from this home already. Throws Refusal `run-exists`. */
export async function assertNotBegun(path: string, run: string): Promise<void> {
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (there === undefined) return
  throw new Refusal(`Run ${run} was started before`, {
    code: 'run-exists',
    hint: `\`spillway status ${run}\` shows it, \`spillway resume ${run}\` carries it on. Plan again for another run.`,
  })
}
