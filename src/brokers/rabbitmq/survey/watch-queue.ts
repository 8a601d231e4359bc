import { setTimeout as sleep } from 'node:timers/promises'
import type { Depth, QueueLook } from './look.js'

/** One look at the queue; `at` in milliseconds of a clock that never goes back. */
export type Reading = Depth & { readonly at: number }

/** What to watch, and how long; `onProgress` gets the elapsed part of the window, 0–1. */
export type Watched = {
  readonly queue: string
  readonly windowMs: number
  readonly signal: AbortSignal
  readonly onProgress?: (elapsed: number) => void
}

const STEP_MS = 1000
const STEPS_AT_LEAST = 2
const STEPS_AT_MOST = 20

/**
 * Looks again and again until the window is over; the first look is at once, and with a window of 0 the only one. Throws
 * as `depth` does, and the signal's reason when it aborts.
 */
export const watchQueue = async (look: QueueLook, { queue, windowMs, signal, onProgress }: Watched) => {
  const take = async (): Promise<Reading> => ({ ...(await look.depth(queue)), at: performance.now() })
  const readings = [await take()]
  if (windowMs <= 0) return readings
  const start = readings[0]?.at ?? performance.now()
  const steps = Math.min(STEPS_AT_MOST, Math.max(STEPS_AT_LEAST, Math.floor(windowMs / STEP_MS)))
  for (let step = 1; step <= steps; step++) {
    await pause(start + (windowMs * step) / steps - performance.now(), signal)
    readings.push(await take())
    onProgress?.(step / steps)
  }
  return readings
}

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted()
  if (ms <= 0) return
  try {
    await sleep(ms, undefined, { signal })
  } catch (cause) {
    signal.throwIfAborted()
    throw cause
  }
}
