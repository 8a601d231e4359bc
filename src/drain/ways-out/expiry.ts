import type { Backlog } from '../../core/survey.js'
import type { Pace } from './assumptions.js'

/**
 * Seconds until the first unread message may be deleted while the group reads on at its pace: S ÷ (1 − μ/λ), with S the
 * slack if nothing were read; undefined where no rule deletes, or where reading outruns retention.
 */
export const lossWhileServed = (backlog: Backlog, { service, growth }: Pace): number | undefined => {
  const slack = backlog.total.firstLossSeconds
  const rate = service?.mean ?? 0
  if (slack === undefined || slack <= 0) return slack
  if (rate <= 0) return slack
  return rate < growth.mean ? slack / (1 - rate / growth.mean) : undefined
}

/** Whether a way that has secured the backlog after `seconds` (undefined: never) comes after the first possible loss. */
export const losesBefore = (loss: number | undefined, seconds: number | undefined): boolean =>
  loss !== undefined && (seconds === undefined || seconds > loss)
