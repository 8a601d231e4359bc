import { ask } from '../../control/client.js'
import { verifyPlan } from '../../core/digest.js'
import type { Envelope } from '../../core/envelope.js'
import { foldAll, type RunSoFar } from '../../core/fold.js'
import type { RunPlan } from '../../core/plan.js'
import { toEnvelope } from '../../core/to-envelope.js'
import { SpillwayError } from '../../errors.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { originalsInWords } from '../run/originals.js'

/** The contract: `status` shows a live run within two seconds. Milliseconds. */
const PATIENCE_MS = 1500

/** A run as its folder tells it. */
export type Read = { readonly plan: RunPlan; readonly state: RunSoFar; readonly envelope: Envelope }

const NONE: ReadonlySet<string> = new Set()

/** Reads plan and journal; `handled` are drains whose lanes are known to be empty. Throws Refusal `plan-edited`, UserError `plan-version`, RunError `journal-corrupt`. */
export async function readRun(folder: RunFolder, now: Date, handled = NONE): Promise<Read> {
  const plan = verifyPlan(await folder.plan())
  // The lock first: a run that ends in between has its ending in the journal by then. Who only prepares to carry it on does not run it.
  const alive = !folder.claimed && (await folder.alive())
  const state = await foldAll(folder.events())
  const originals = originalsInWords(plan, state, handled.has(folder.id) ? 0n : undefined)
  return { plan, state, envelope: toEnvelope(plan, state, { alive, now, originals }) }
}

/** The run's envelope: a live one answers for itself, of others the journal tells. Throws as `readRun` does. */
export async function lookAt(folder: RunFolder, now: Date, handled = NONE): Promise<Envelope> {
  const answer = await ask(folder.path, { type: 'status' }, PATIENCE_MS).catch((error: unknown) => {
    if (error instanceof SpillwayError) return error
    throw error
  })
  if (answer !== 'not running' && 'ok' in answer && answer.ok) return answer.envelope
  const { envelope } = await readRun(folder, now, handled)
  if (!(answer instanceof SpillwayError)) return envelope
  return { ...envelope, warnings: [...envelope.warnings, `${answer.message}. ${answer.hint}`] }
}
