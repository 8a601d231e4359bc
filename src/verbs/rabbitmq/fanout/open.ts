import type { Place, QueueAddress } from '../../../core/address.js'
import { asQueue, parseAddress } from '../../../core/address.js'
import type { FanoutPlan } from '../../../core/fanout-plan.js'
import { isQueuePlan } from '../../../core/plan-names.js'
import { Bug, UserError } from '../../../errors.js'
import type { FanAsked, FanEnds, FanPlanner } from '../../fanout/ends.js'
import { withAgain } from '../../fanout/subject.js'
import type { Reconnecting, Where } from '../../system.js'
import { openRabbit, sourceOf } from '../links.js'
import { fanEndsOf } from './ends.js'
import { lookAtLanes } from './lanes.js'
import { lookAtSource } from './source.js'

/** Connects to the server of what shall be worked. Throws UserError. */
export async function openFanout({ subject, request }: FanAsked, where: Where): Promise<FanPlanner> {
  if (request.group !== undefined)
    throw new UserError('--group: is for Kafka', { hint: 'Queues have no groups; leave it away.' })
  if (subject.kind !== 'drain') {
    const place = withAgain(subject.place, request.again?.source) as Place<QueueAddress>
    const links = await openRabbit(place, request, where)
    const ends = fanEndsOf(links)
    return subject.kind === 'lanes'
      ? { ends, look: () => lookAtLanes(links, { place, key: request.key }) }
      : { ends, look: () => lookAtSource(links, { place, request }, where) }
  }
  const { drain, isWhole } = subject
  if (!isQueuePlan(drain)) throw new Bug(`Plan ${drain.run} is not one of RabbitMQ`)
  if (request.key !== undefined && request.key !== drain.key)
    throw new UserError(`--key: the lanes were filled by ${drain.key ?? 'no key'}`, {
      hint: 'Leave --key away: the drain has chosen it.',
    })
  const again = request.again ?? {}
  const links = await openRabbit(sourceOf(drain, again), request, where)
  return { ends: fanEndsOf(links), look: () => lookAtLanes(links, { drain, isWhole }) }
}

/** Connects to what a plan reads. Throws UserError. */
export async function connectFanout(plan: FanoutPlan, again: Reconnecting, where: Where): Promise<FanEnds> {
  const { source, user } = plan
  const place = again.source ?? {
    ...parseAddress(source),
    ...(user === undefined ? {} : { credentials: { username: user } }),
  }
  asQueue(place.address)
  return fanEndsOf(await openRabbit(place, again, where))
}
