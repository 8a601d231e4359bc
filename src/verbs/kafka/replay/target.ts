import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { describeTopic } from '../../../brokers/kafka/admin/topics.js'
import { connect, type Link } from '../../../brokers/kafka/link.js'
import { IdempotentSender } from '../../../brokers/kafka/replay/idempotent-sender.js'
import { TargetTopics } from '../../../brokers/kafka/replay/target-topics.js'
import { transactionalSink } from '../../../brokers/kafka/replay/transactional-sink.js'
import { asKafka, formatAddress, type KafkaAddress, type Place, parseAddress } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { ReplayPlan } from '../../../core/replay-plan.js'
import { Bug, Refusal, UserError } from '../../../errors.js'
import type { ReplaySink } from '../../../replay/ports.js'
import { senderSink } from '../../../replay/sender-sink.js'
import { kafkaSettings } from '../../../settings.js'
import type { ReplayTarget } from '../../replay/ends.js'
import type { Reconnecting, Running, Where } from '../../system.js'
import { lookAtTarget } from './look.js'
import { waitingFor } from './waiting.js'

/** Connects to the cluster that messages go to again. Throws UserError. */
export async function openReplayTarget(place: Place, given: Reconnecting, where: Where): Promise<ReplayTarget> {
  const { io, present } = where
  const link = await connect(await kafkaSettings(place, { io, present, ...defined({ config: given.config }) }), io.soft)
  const { group: _none, ...address } = asKafka(place.address)
  return {
    look: asked => lookAtTarget(link, address, { asked, io }),
    sink: async running => openSink(link, address, running),
    waiting: group => waitingFor(link, address, group),
    assertSamePlace: plan => assertSamePlace(link, address, plan),
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  }
}

function openSink(link: Link, { topic }: KafkaAddress, { plan, gate, soft }: Running<ReplayPlan>): ReplaySink {
  const { run, anchor, sourcePartitions } = plan
  const to = plan.from.kind === 'dead-letters' && plan.target === 'origin' ? undefined : topic
  if (plan.guarantee !== 'transactions') {
    const topics = new TargetTopics({ link, topic: to, sourcePartitions })
    return senderSink(new IdempotentSender({ link, topics, gate, now: Date.now }), soft)
  }
  if (anchor === undefined) throw new Bug(`Plan ${run} says nowhere where its position is kept`)
  const nonce = randomBytes(4).toString('hex')
  const settles = plan.group === undefined ? {} : { settles: groupOf(plan.group, plan) }
  return transactionalSink({ link, run, host: hostname(), nonce, topic: to, anchor, sourcePartitions, ...settles })
}

/** The position of a lane as the group that reads the dead-letter topic has it. */
const groupOf =
  (group: string, { from }: ReplayPlan) =>
  (lane: string) => {
    const { topic = '' } = from.kind === 'dead-letters' ? asKafka(parseAddress(from.address).address) : {}
    return { group, topic, partition: Number(lane) }
  }

async function assertSamePlace(link: Link, { topic, ...address }: KafkaAddress, plan: ReplayPlan): Promise<void> {
  if (link.clusterId !== plan.clusterId)
    throw new Refusal(`Run ${plan.run} sends to another cluster than the address leads to`, {
      code: 'stale',
      hint: `Its cluster id is ${plan.clusterId}, the address leads to ${link.clusterId}. Give the right one with --target.`,
    })
  if (topic !== undefined && (await describeTopic(link, topic)) === undefined)
    throw new UserError(`Topic ${topic} is not at ${formatAddress(address)}`, {
      code: 'no-topic',
      hint: 'Make it again with as many partitions as it had, then resume.',
    })
}
