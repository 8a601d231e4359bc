import { setTimeout as sleep } from 'node:timers/promises'
import { CLEARED, type HoldGate } from '../../core/gate.js'
import { HoldError, SpillwayError } from '../../errors.js'
import type { RowSource, WindowEnd } from '../../replay/rows/ports.js'

const POLL_MS = 1000

type Settling = {
  readonly source: RowSource
  readonly window: WindowEnd
  /** Rows are not read before; milliseconds since the epoch. */
  readonly readable: number
  readonly now: () => Date
  readonly gate: HoldGate
  readonly soft: AbortSignal
}

/**
 * Holds a run, empty-handed, while rows may still come into its window, and lifts that by itself; an operator may choose to ignore the reason. To be called before
 * rows are read; throws HoldError, and what the source throws.
 */
export function settling(settling: Settling): () => Promise<void> {
  const { gate, soft } = settling
  let watching = new AbortController()
  return async () => {
    watching.abort()
    const why = await unsettled(settling)
    if (why === undefined || !gate.hold(why, 'clears')) return
    watching = new AbortController()
    void watch({ ...settling, why, ends: AbortSignal.any([soft, watching.signal]) })
    throw new HoldError(why, 'clears')
  }
}

type Parts = Omit<Settling, 'gate' | 'soft'>

/** The grace first: what is open meanwhile may have ended by then. */
async function unsettled({ source, window, readable, now }: Parts): Promise<string | undefined> {
  if (now().getTime() >= readable) return source.unsettled?.(window)
  const seconds = window.graceMs / 1000
  return `the window must be over for ${seconds} s (--grace), as rows may still be committed into it: until ${new Date(readable).toISOString()}`
}

type Watch = Omit<Settling, 'soft'> & { readonly why: string; readonly ends: AbortSignal }

/** The lane may close the hold once more right after it was lifted, so it is lifted until the lane reads on. */
async function watch({ gate, why, ends, ...settling }: Watch): Promise<void> {
  for (;;) {
    await sleep(POLL_MS, undefined, { signal: ends }).catch(() => undefined)
    if (ends.aborted) return
    if (await isSettled(settling)) gate.release(why, CLEARED)
  }
}

/** Where nobody can tell, it stays held. */
async function isSettled(settling: Parts): Promise<boolean> {
  try {
    return (await unsettled(settling)) === undefined
  } catch (error) {
    if (error instanceof SpillwayError) return false
    throw error
  }
}
