import { lookAt, passiveDeclare } from '../../../brokers/rabbitmq/admin/passive-declare.js'
import { connect } from '../../../brokers/rabbitmq/link.js'
import { OwnExchange } from '../../../brokers/rabbitmq/replay/own-exchange.js'
import { openReplaySender } from '../../../brokers/rabbitmq/replay/queue-sender.js'
import { GUEST } from '../../../core/address/queue.js'
import { asQueue, formatAddress, type Place, type QueueAddress } from '../../../core/address.js'
import type { ReplayPlan } from '../../../core/replay-plan.js'
import { lockQueue } from '../../../core/temporary-queue.js'
import { runOfTemporary } from '../../../core/temporary-topic.js'
import type { DrainRefusal } from '../../../drain/refusals.js'
import { BrokerError, Refusal, UserError } from '../../../errors.js'
import { senderSink } from '../../../replay/sender-sink.js'
import { warnOf } from '../../fanout/warn.js'
import type { ReplayTarget, TargetAsked, TargetSeen } from '../../replay/ends.js'
import type { Reconnecting, Where } from '../../system.js'
import { openRabbit, type RabbitLinks } from '../links.js'
import { QueueDepth } from './waiting.js'

/** Connects to the server that messages go to again. Throws UserError. */
export async function openReplayTarget(place: Place, given: Reconnecting, where: Where): Promise<ReplayTarget> {
  const links = await openRabbit(place, given, where)
  const address = asQueue(place.address)
  const depth = new QueueDepth(links, address)
  return {
    look: asked => lookAtTarget(links, address, asked),
    async sink(running) {
      const { plan, gate, io, soft } = running
      const each = plan.from.kind === 'dead-letters' && plan.target === 'origin'
      const dial = (purpose: string) => connect(links.settings, purpose, io.soft)
      const shared = { connect: dial, target: formatAddress(address), gate }
      if (each) return senderSink(await openReplaySender(shared), soft)
      const queue = queueOf(address)
      // Of a stop the last connection is made all the same: it takes away what was made.
      const last = (purpose: string) => connect(links.settings, purpose, io.hard)
      const exchange = new OwnExchange({ connect: last, queue, run: plan.run, warn: warnOf(running) })
      return senderSink(await openReplaySender({ ...shared, to: { queue }, exchange }), soft)
    },
    waiting: () => depth.ready(),
    assertSamePlace: plan => assertSamePlace(links, address, plan),
    async [Symbol.asyncDispose]() {
      await depth[Symbol.asyncDispose]()
      await links[Symbol.asyncDispose]()
    },
  }
}

async function lookAtTarget(links: RabbitLinks, address: QueueAddress, asked: TargetAsked): Promise<TargetSeen> {
  const queue = queueOf(address)
  const place = formatAddress(address)
  const { consumers } = await passiveDeclare(links.link, queue)
  const { username } = links.settings
  const named = address.cluster !== undefined || username === GUEST
  return {
    look: {
      system: 'rabbitmq',
      target: asked.toOrigin ? 'origin' : place,
      place,
      ...(named ? {} : { user: username }),
      clusterId: links.link.clusterName,
      warnings: consumers > 0 ? [] : [unread(queue)],
    },
    refusals: [...temporary(queue), ...(await locked(links, queue))],
  }
}

const unread = (queue: string): string =>
  `Nobody consumes ${queue} now: what is sent waits there, and where the queue has a TTL or a limit it may be lost once more`

const queueOf = (address: QueueAddress): string => {
  if (address.queue !== undefined) return address.queue
  const place = formatAddress(address)
  throw new UserError(`${place} names no queue`, { hint: `Write ${place}/QUEUE, or --to origin.` })
}

const temporary = (queue: string): DrainRefusal[] => {
  const run = runOfTemporary(queue.replace(/\.\d+$/, ''))
  if (run === undefined) return []
  return [
    {
      code: 'temporary',
      message: `${queue} is a temporary queue of run ${run}: what is sent there is counted as its copies`,
      hint: 'Send to the queue that it was made for, or --to origin.',
      mayClear: false,
    },
  ]
}

/** A runner that drains or discards the queue would take what is sent for its own. Of its lock others learn only that it is locked. */
async function locked({ link }: RabbitLinks, queue: string): Promise<DrainRefusal[]> {
  try {
    if ((await lookAt(link, lockQueue(queue))) === undefined) return []
  } catch (error) {
    if (!(error instanceof BrokerError && error.code === 'amqp-405')) throw error
  }
  return [
    {
      code: 'claimed',
      message: `Another runner is at work on queue ${queue}: it holds ${lockQueue(queue)}`,
      hint: 'Let it end first: spillway runs lists the runs of this machine.',
      mayClear: true,
    },
  ]
}

async function assertSamePlace({ link }: RabbitLinks, address: QueueAddress, plan: ReplayPlan): Promise<void> {
  if (link.clusterName !== plan.clusterId)
    throw new Refusal(`Run ${plan.run} sends elsewhere than the address leads to`, {
      code: 'stale',
      hint: `It sends to cluster ${plan.clusterId}. Give the right address with --target.`,
    })
  if (address.queue !== undefined) await passiveDeclare(link, address.queue)
}
