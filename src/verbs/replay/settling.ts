import { setTimeout as sleep } from 'node:timers/promises'
import { CLEARED, type HoldGate } from '../../core/gate.js'
import { HoldError, SpillwayError } from '../../errors.js'
import type { RowSource, WindowEnd } from '../../replay/rows/ports.js'

const POLL_MS = 1000

type Settling = {
  readonly source: RowSource
  readonly window: WindowEnd
  readonly gate: HoldGate
  readonly soft: AbortSignal
}

/**
 * Holds a run, empty-handed, while rows may still come into its window, and lifts that by itself; an operator may choose to ignore the reason. To be called before
 * rows are read; throws HoldError, and what the source throws.
 */
export function settling({ source, window, gate, soft }: Settling): () => Promise<void> {
  let watching = new AbortController()
  return async () => {
    watching.abort()
    const why = await source.unsettled?.(window)
    if (why === undefined || !gate.hold(why, 'clears')) return
    watching = new AbortController()
    void watch({ source, window, gate, why, ends: AbortSignal.any([soft, watching.signal]) })
    throw new HoldError(why, 'clears')
  }
}

type Watch = Omit<Settling, 'soft'> & { readonly why: string; readonly ends: AbortSignal }

/** The lane may close the hold once more right after it was lifted, so it is lifted until the lane reads on. */
async function watch({ source, window, gate, why, ends }: Watch): Promise<void> {
  for (;;) {
    await sleep(POLL_MS, undefined, { signal: ends }).catch(() => undefined)
    if (ends.aborted) return
    if (await isSettled(source, window)) gate.release(why, CLEARED)
  }
}

/** Where nobody can tell, it stays held. */
async function isSettled(source: RowSource, window: WindowEnd): Promise<boolean> {
  try {
    return (await source.unsettled?.(window)) === undefined
  } catch (error) {
    if (error instanceof SpillwayError) return false
    throw error
  }
}
