import { setTimeout as delay } from 'node:timers/promises'

/** Time as the core sees it, so that tests can pass their own. */
export interface Clock {
  /** Milliseconds since the epoch; never goes back within a process. */
  now(): number
  /** Resolves after `ms`; throws the signal's reason as soon as it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** The machine's own monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal })
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    }
  },
}
