import { connect } from '../../../brokers/rabbitmq/link.js'
import { openLaneQueues } from '../../../brokers/rabbitmq/work/lane-queues.js'
import { openQueueRange } from '../../../brokers/rabbitmq/work/queue-range.js'
import { defined } from '../../../core/defined.js'
import type { Intake } from '../../../fanout/ports.js'
import type { Fanning } from '../../fanout/ends.js'
import { warnOf } from '../../fanout/warn.js'
import type { RabbitLinks } from '../links.js'

/** Consumes the lanes, or locks the queue of a source. Throws UserError, Refusal, BrokerError. */
export async function openIntake(links: RabbitLinks, running: Fanning): Promise<Intake> {
  const { plan, gate, isWhole, io, soft, recorder, mode } = running
  const shared = {
    connect: (purpose: string) => connect(links.settings, `${plan.run} ${purpose}`, soft),
    gate,
    ahead: plan.workers * plan.concurrency,
    management: links.management,
    warn: warnOf(running),
    now: io.now,
    ...defined({ queueType: plan.queueType, deliveryLimit: plan.deliveryLimit }),
  }
  if (plan.reads === 'source') {
    const already = Number(recorder.state.ledger.read)
    const source = { plan, already, resumed: mode === 'resume' }
    return openQueueRange({ ...shared, ...source, ...defined({ singleActiveConsumer: plan.singleActiveConsumer }) })
  }
  const lanes = { run: plan.of ?? plan.run, queues: plan.laneQueues ?? [], order: plan.order, isWhole }
  return openLaneQueues({ ...shared, ...lanes, ...defined({ key: plan.key }) })
}
