import { formatCount } from '../../../core/quantity.js'
import type { QueuePlan } from '../../../core/queue-plan.js'

/** How many messages may be there twice, in words: what is in flight when an execution is cut short. */
export const duplicatesInFlight = (prefetch: number): string =>
  `0 without an interruption; each crash or lost connection may leave up to ${formatCount(prefetch)} twice (what is in flight, the prefetch), and the report counts them`

/** Until when the backlog can be given back, in words. Undo puts it behind what has arrived since. */
export const undoOfQueue = ({
  order,
  singleActiveConsumer,
}: Pick<QueuePlan, 'order' | 'singleActiveConsumer'>): string =>
  order === 'key' || singleActiveConsumer
    ? 'a lane is read; order matters here, so only while the source is empty: undo puts the backlog behind what arrived since'
    : 'a lane is read; it puts the backlog behind what arrived since'

/** What chooses the lane, in words. */
export const keyInWords = (key: NonNullable<QueuePlan['key']>): string => {
  if (key === 'routing-key') return 'the routing key'
  const [kind, ...name] = key.split(':')
  return `${kind} ${name.join(':')}`
}
