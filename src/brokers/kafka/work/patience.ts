import { setTimeout as sleep } from 'node:timers/promises'
import type { Gate } from '../../../core/ports.js'
import { BrokerError } from '../../../errors.js'
import type { Link } from '../link.js'

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000

/** Waits `ms`, or until the signal aborts; never throws. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined)

export type Patience = {
  readonly link: Link
  readonly gate: Gate
  /** Under which name trouble shows at the gate. */
  readonly lane: string
  /** Ends the waiting: the last error is thrown then. */
  readonly signal: AbortSignal
  /** Before each further try; throws what makes trying senseless. */
  readonly between?: () => Promise<void>
}

/** Tries until it works, while faults are of the kind that passes; trouble shows at the gate meanwhile. Throws all other errors at once. */
export async function waitingOut<T>(patience: Patience, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      const result = await attempt()
      if (failures > 0) patience.gate.recovered(patience.lane)
      return result
    } catch (error) {
      await afterFault(patience, error, ++failures)
    }
  }
}

/** Waits after a fault that passes, and tells of it; throws it where it does not pass, or where nobody waits any more. */
export async function afterFault(patience: Patience, error: unknown, failures: number): Promise<void> {
  const { gate, lane, signal, link, between } = patience
  try {
    if (!(error instanceof BrokerError && error.retry) || signal.aborted) throw error
    // The first fault of a moved leader or coordinator is no trouble yet.
    if (failures > 1) gate.trouble(lane, `broker: ${error.message}`)
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 6))
    await pause(wait * (0.75 + Math.random() / 2), signal)
    await tolerating(() => link.refresh())
    if (between) await tolerating(between)
  } catch (final) {
    gate.recovered(lane)
    throw final
  }
}

/** What fails here for a while fails again in the attempt, which tells of it. */
async function tolerating(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof BrokerError && error.retry)) throw error
  }
}
