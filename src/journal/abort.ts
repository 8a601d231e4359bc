import { foldAll } from '../core/fold.js'
import { Refusal } from '../errors.js'
import type { RunFolder } from './run-folder.js'

/**
 * Ends a run that no process works on, for good: state `stopped`, reason `aborted`. Nothing is deleted or undone. Its end is the time of its
 * last event, because nobody worked on it since. Throws Refusal `taken` where it is alive, and `ended` where it was over already.
 */
export async function abortDeadRun(run: RunFolder, by: string, options: AbortOptions = {}): Promise<void> {
  await run.claim(options)
  try {
    const state = await foldAll(run.events())
    const over = state.ending?.kind
    if (over === 'complete' || over === 'undone') {
      throw new Refusal(`Run ${run.id} is ${over} already`, {
        code: 'ended',
        hint: `See \`spillway report ${run.id}\`.`,
      })
    }
    const at = (options.now ?? new Date()).toISOString()
    await run.append({ type: 'steered', at, what: 'abort', by })
    await run.append({
      type: 'ended',
      at: state.ending?.at ?? state.lastAt ?? at,
      ending: { kind: 'stopped', by: 'aborted' },
    })
  } finally {
    await run.close()
  }
}

/** `takeOver`: the operator says that a holder on another host is dead. */
export type AbortOptions = { readonly takeOver?: boolean; readonly now?: Date }
