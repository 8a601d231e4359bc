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

/** Why rows may still come, in words; undefined where they do not. */
type Reason = () => Promise<string | undefined>

/**
 * Holds a run, empty-handed, while rows may still come into its window, and lifts that by itself; an operator may choose to ignore a reason. To be called before
 * rows are read; throws HoldError, and what the source throws.
 */
export function settling(settling: Settling): () => Promise<void> {
  const { source, window, gate, soft } = settling
  // The grace first: what is open meanwhile may have ended by then.
  const reasons: readonly Reason[] = [async () => graceOf(settling), async () => source.unsettled?.(window)]
  let watching = new AbortController()
  return async () => {
    watching.abort()
    for (const reason of reasons) {
      const why = await reason()
      if (why === undefined || !gate.hold(why, 'clears')) continue
      watching = new AbortController()
      void watch({ gate, reason, why, ends: AbortSignal.any([soft, watching.signal]) })
      throw new HoldError(why, 'clears')
    }
  }
}

function graceOf({ window, readable, now }: Settling): string | undefined {
  if (now().getTime() >= readable) return undefined
  const until = new Date(readable).toISOString()
  return `the window must be over for ${window.graceMs / 1000} s (--grace), as rows may still be committed into it: until ${until}`
}

type Watch = {
  readonly gate: HoldGate
  readonly reason: Reason
  readonly why: string
  readonly ends: AbortSignal
}

/** The lane may close the hold once more right after it was lifted, so it is lifted until the lane reads on. */
async function watch({ gate, reason, why, ends }: Watch): Promise<void> {
  for (;;) {
    await sleep(POLL_MS, undefined, { signal: ends }).catch(() => undefined)
    if (ends.aborted) return
    if (await isSettled(reason)) gate.release(why, CLEARED)
  }
}

/** Where nobody can tell, it stays held. */
async function isSettled(reason: Reason): Promise<boolean> {
  try {
    return (await reason()) === undefined
  } catch (error) {
    if (error instanceof SpillwayError) return false
    throw error
  }
}
