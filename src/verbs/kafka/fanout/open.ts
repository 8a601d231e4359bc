import { connect, type Link } from '../../../brokers/kafka/link.js'
import type { FanoutRequest } from '../../../commands/requests.js'
import { asKafka, type KafkaAddress, type Place, parseAddress } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { FanoutPlan } from '../../../core/fanout-plan.js'
import type { DrainPlan } from '../../../core/plan.js'
import { isKafkaPlan } from '../../../core/plan-names.js'
import { Bug, UserError } from '../../../errors.js'
import { kafkaSettings } from '../../../settings.js'
import type { FanAsked, FanEnds, FanPlanner } from '../../fanout/ends.js'
import { withAgain } from '../../fanout/subject.js'
import type { Reconnecting, Where } from '../../system.js'
import { fanEndsOf } from './ends.js'
import { type LanesPlace, lookAtLanes } from './lanes.js'
import { lookAtSource } from './source.js'

/** Connects to the cluster of what shall be worked. Throws UserError. */
export async function openFanout(asked: FanAsked, where: Where): Promise<FanPlanner> {
  const { subject, request, run } = asked
  if (request.key !== undefined)
    throw new UserError('--key: is for RabbitMQ; on Kafka the key is that of the record', {
      hint: 'Leave it away, or use --order none.',
    })
  if (subject.kind === 'source') {
    const place = subject.place as Place<KafkaAddress>
    const link = await linkTo(withAgain(place, request.again?.source), request, where)
    return { ends: fanEndsOf(link), look: () => lookAtSource(link, { place, request, run }, where) }
  }
  const lanes =
    subject.kind === 'drain'
      ? placeOfDrain(subject.drain, { request, isWhole: subject.isWhole })
      : { place: subject.place as Place<KafkaAddress>, isWhole: true }
  const link = await linkTo(withAgain(lanes.place, request.again?.source), request, where)
  return { ends: fanEndsOf(link), look: () => lookAtLanes(link, lanes) }
}

/** Connects to what a plan reads. Throws UserError. */
export async function connectFanout(plan: FanoutPlan, again: Reconnecting, where: Where): Promise<FanEnds> {
  const place = again.source ?? parseAddress(plan.source)
  return fanEndsOf(await linkTo(place, again, where))
}

/** The temporary topic of a drain, with the group that works it. Throws Bug for a drain of RabbitMQ. */
const placeOfDrain = (
  drain: DrainPlan,
  { request, isWhole }: { readonly request: FanoutRequest; readonly isWhole: boolean },
): LanesPlace => {
  if (!isKafkaPlan(drain)) throw new Bug(`Plan ${drain.run} is not one of Kafka`)
  const group = request.group ?? drain.lanesGroup ?? `spillway.${drain.run}`
  const address = { ...asKafka(parseAddress(drain.target).address), topic: drain.targetTopic, group }
  return { place: { address }, isWhole, drain }
}

const linkTo = async (
  place: Place,
  { config }: { readonly config?: string | undefined },
  { io, present }: Where,
): Promise<Link> => connect(await kafkaSettings(place, { io, present, ...defined({ config }) }), io.soft)
