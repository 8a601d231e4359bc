import { connect } from '../../../brokers/rabbitmq/link.js'
import { openLaneQueues } from '../../../brokers/rabbitmq/work/lane-queues.js'
import { defined } from '../../../core/defined.js'
import { UserError } from '../../../errors.js'
import type { Intake } from '../../../fanout/ports.js'
import type { Fanning } from '../../fanout/ends.js'
import { warnOf } from '../../fanout/warn.js'
import type { RabbitLinks } from '../links.js'

/** Consumes the lanes, or locks the queue of a source. Throws UserError, Refusal, BrokerError. */
export async function openIntake(links: RabbitLinks, running: Fanning): Promise<Intake> {
  const { plan, gate, isWhole, io, soft } = running
  const shared = {
    connect: (purpose: string) => connect(links.settings, `${plan.run} ${purpose}`, soft),
    order: plan.order,
    gate,
    ahead: plan.workers * plan.concurrency,
    management: links.management,
    isHeld: () => gate.closed,
    warn: warnOf(running),
    now: io.now,
    ...defined({ key: plan.key }),
  }
  if (plan.reads === 'source') throw new UserError('later', { code: 'not-supported' })
  return openLaneQueues({ ...shared, run: plan.of ?? plan.run, queues: plan.laneQueues ?? [], isWhole })
}
