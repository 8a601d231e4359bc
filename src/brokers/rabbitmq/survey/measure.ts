import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { Management } from '../management.js'
import { compose } from './compose.js'
import { gather } from './gather.js'
import type { QueueLook } from './look.js'

/** What to survey. */
export type MeasureQueue = {
  /** Address without credentials. */
  readonly source: string
  readonly vhost: string
  readonly queue: string
  readonly user: string
  readonly production?: boolean
  /** 0 takes one look: counts without rates of its own (the management API still has those of the last seconds). */
  readonly windowMs: number
  readonly signal: AbortSignal
  /** Gets the elapsed part of the window, 0–1. */
  readonly onProgress?: (elapsed: number) => void
}

/**
 * Measures a queue over a window. Reads only: consumes nothing, declares nothing (passive declares ask). Throws UserError
 * `no-queue` (with the name that was probably meant), `permission`, BrokerError, and the signal's reason when it aborts.
 * A management API that is not there, or that says no, is a fact in the survey.
 */
export const measureQueue = async (
  look: QueueLook,
  management: Management,
  request: MeasureQueue,
): Promise<QueueBacklog> =>
  compose({ look, url: management.url, request, facts: await gather(look, management, request) })
