import { asQueue, parseAddress } from '../../../core/address.js'
import type { DiscardPlan } from '../../../core/discard-plan.js'
import type { DiscardAsked, DiscardEnds, DiscardPlanner } from '../../discard/ends.js'
import type { Reconnecting, Where } from '../../system.js'
import { openRabbit } from '../links.js'
import { discardEndsOf } from './ends.js'
import { lookAtQueue } from './look.js'

/** Connects to the server of the queue that shall be let go. Throws UserError. */
export async function openDiscard(asked: DiscardAsked, where: Where): Promise<DiscardPlanner> {
  const { queue = '' } = asQueue(asked.place.address)
  const links = await openRabbit(asked.place, asked.request, where)
  return { ends: discardEndsOf(links, queue), look: () => lookAtQueue(links, asked, where) }
}

/** Connects to the server of a plan, with credentials from environment, cluster or the address given again. Throws UserError. */
export async function connectDiscard(plan: DiscardPlan, again: Reconnecting, where: Where): Promise<DiscardEnds> {
  const { source, user } = plan
  const place = again.source ?? {
    ...parseAddress(source),
    ...(user === undefined ? {} : { credentials: { username: user } }),
  }
  asQueue(place.address)
  return discardEndsOf(await openRabbit(place, again, where), plan.topic)
}
