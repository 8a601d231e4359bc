import { connect, type Link } from '../../../brokers/kafka/link.js'
import { asKafka, type Place, parseAddress } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { DiscardPlan } from '../../../core/discard-plan.js'
import { kafkaSettings } from '../../../settings.js'
import type { DiscardAsked, DiscardEnds, DiscardPlanner } from '../../discard/ends.js'
import type { Reconnecting, Where } from '../../system.js'
import { discardEndsOf } from './ends.js'
import { lookAtPrefix } from './look.js'

/** Connects to the cluster of what shall be let go. Throws UserError. */
export async function openDiscard(asked: DiscardAsked, where: Where): Promise<DiscardPlanner> {
  const link = await linkTo(asked.place, asked.request, where)
  const { topic = '' } = asKafka(asked.place.address)
  return { ends: discardEndsOf(link, topic), look: () => lookAtPrefix(link, asked, where) }
}

/** Connects to what a plan lets go. Throws UserError. */
export async function connectDiscard(plan: DiscardPlan, again: Reconnecting, where: Where): Promise<DiscardEnds> {
  return discardEndsOf(await linkTo(again.source ?? parseAddress(plan.source), again, where), plan.topic)
}

const linkTo = async (
  place: Place,
  { config }: { readonly config?: string | undefined },
  { io, present }: Where,
): Promise<Link> => connect(await kafkaSettings(place, { io, present, ...defined({ config }) }), io.soft)
