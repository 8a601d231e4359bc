import { namesOf } from '../../../core/plan-names.js'
import { formatCount } from '../../../core/quantity.js'
import { item } from '../../../report/layout.js'
import type { How } from '../../restore/outlook.js'
import { counted } from '../../restore/words.js'
import { type QueueFacts, unreadIn } from './facts.js'

/** `DELETES 10 queues orders.spill.RUN.00 … 09 (0 unread)`, and what else it does. */
export function planInWords({ plan, lanes, source }: QueueFacts, how: How): string[] {
  const there = lanes.filter(({ exists }) => exists)
  const unread = formatCount(unreadIn(lanes))
  const { target } = namesOf(plan)
  const deletes =
    there.length === 0
      ? item('DELETES ', `nothing: ${target} are not there`)
      : item('DELETES ', `${counted(there.length, 'queue')} ${target} (${unread} unread) and their exchanges`)
  if (how === 'restore') return [...deletes, ...item('        ', 'After this the way is only forward.')]
  const behind = formatCount(unreadIn([source]))
  return [
    ...item('MOVES   ', `${unread} messages back into ${plan.queue}, behind the ${behind} that wait there now`),
    ...item('        ', 'x-spillway-expiration and x-spillway-user-id become properties again'),
    ...deletes,
  ]
}

/** What was deleted, once it is done. */
export function deletedInWords({ plan, lanes }: QueueFacts): string[] {
  const there = lanes.filter(({ exists }) => exists).length
  return there === 0 ? [] : [`DELETED ${counted(there, 'queue')} ${namesOf(plan).target}`]
}
