import type { FanoutPlan } from '../../core/fanout-plan.js'
import { formatCount, formatDuration, formatRate } from '../../core/quantity.js'

/** Handlers differ by a thousand; two examples span what is usual. Milliseconds. */
const EXAMPLES_MS = [10, 100] as const

/** How long it may take, in words: nobody knows beforehand how long a message takes the handler, so it says what that would come to. Pure. */
export const takesInWords = (plan: FanoutPlan): string => {
  const { messages } = plan.expect
  if (messages === 0n) return 'no time: nothing is waiting.'
  const limit = plan.rate?.messages ?? plan.pace?.maxRate
  const floor =
    limit === undefined
      ? ''
      : ` Not less than ${formatDuration(Number(messages) / limit)}: at most ${formatRate(limit)} are let through.`
  const at = atOnce(plan)
  const each = EXAMPLES_MS.map(
    ms => `${formatDuration((Number(messages) * ms) / at / 1000)} at ${ms} ms a message`,
  ).join(', ')
  return `unknown until the handler runs: ${each}, ${formatCount(at)} at once.${floor}`
}

/** Messages that may be at work together, at most. */
export const atOnce = ({ workers, concurrency, order, lanes }: FanoutPlan): number =>
  order === 'lane' ? Math.min(workers * concurrency, Math.max(1, lanes.length)) : workers * concurrency
