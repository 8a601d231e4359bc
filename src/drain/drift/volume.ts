import type { KafkaPlan } from '../../core/plan.js'
import { formatCount } from '../../core/quantity.js'
import type { Detail } from '../../errors.js'

/**
 * Whether the backlog is another one than was reviewed: much smaller, or much larger for another reason than new arrivals.
 * With `--until now`, growth beyond the captured end is no drift.
 */
export const volumeDrift = (plan: KafkaPlan, now: KafkaPlan, percent: number): Detail[] => {
  const planned = plan.expect.messages
  const arrived = plan.until === 'now' ? arrivals(plan, now) : 0n
  const bound = scaled(planned, percent)
  const tooSmall = planned - now.expect.messages > bound
  const tooLarge = now.expect.messages - arrived - planned > bound
  if (!tooSmall && !tooLarge) return []
  return [
    {
      at: 'volume',
      message: `planned ${formatCount(planned)} messages / now ${formatCount(now.expect.messages)}: more than ${percent} % apart (--max-drift)`,
    },
  ]
}

const scaled = (count: bigint, percent: number): bigint => (count * BigInt(Math.round(percent * 100))) / 10_000n

/** Messages beyond the ends that the plan captured. */
const arrivals = (plan: KafkaPlan, now: KafkaPlan): bigint => {
  const captured = new Map(plan.lanes.map(({ lane, to }) => [lane, BigInt(to)]))
  return now.lanes.reduce((sum, { lane, from, to }) => {
    const begin = captured.get(lane) ?? BigInt(from)
    const beyond = BigInt(to) - (begin > BigInt(from) ? begin : BigInt(from))
    return beyond > 0n ? sum + beyond : sum
  }, 0n)
}
