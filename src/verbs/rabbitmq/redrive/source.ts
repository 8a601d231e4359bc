import { connect, type RabbitLink } from '../../../brokers/rabbitmq/link.js'
import { DeadLetterQueue } from '../../../brokers/rabbitmq/redrive/dead-letter-queue.js'
import { asItCame, toFirstDeath } from '../../../brokers/rabbitmq/redrive/dead-letters.js'
import { settledAt } from '../../../brokers/rabbitmq/redrive/life.js'
import { OriginQueues } from '../../../brokers/rabbitmq/redrive/origin-queues.js'
import { openQueueRange } from '../../../brokers/rabbitmq/work/queue-range.js'
import { defined } from '../../../core/defined.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { ReplayPlan } from '../../../core/replay-plan.js'
import { PAGE_MESSAGES } from '../../../replay/limits.js'
import type { ReplaySource } from '../../../replay/ports.js'
import { warnOf } from '../../fanout/warn.js'
import type { Running } from '../../system.js'
import type { RabbitLinks } from '../links.js'

type Asked = {
  readonly survey: QueueBacklog
  readonly plan: Pick<ReplayPlan, 'lanes'>
  readonly toOrigin: boolean
}

/** Locks a dead-letter queue, and reads as many messages as were there at the start. Throws UserError, Refusal `claimed`, BrokerError. */
export async function openQueue(
  links: RabbitLinks,
  { survey, plan, toOrigin }: Asked,
  running: Running<ReplayPlan>,
): Promise<ReplaySource> {
  const { queue, vhost, total } = survey
  const { gate, mode, io, soft, recorder } = running
  const [lane] = plan.lanes
  const mark = recorder.state.lanes.get(queue.name)?.mark || '0'
  const dial = (purpose: string) => connect(links.settings, `${running.plan.run} ${purpose}`, soft)
  const warn = warnOf(running)
  const { singleActiveConsumer, deliveryLimit } = queue.settings
  const intake = await openQueueRange({
    connect: dial,
    plan: { topic: queue.name, lanes: plan.lanes, vhost, expect: { messages: total.ready, bytes: total.bytes ?? 0n } },
    gate,
    // The next page is read while one is sent.
    ahead: 2 * PAGE_MESSAGES,
    already: Number(settledAt(mark)),
    resumed: mode === 'resume',
    management: links.management,
    warn,
    now: io.now,
    ...defined({
      queueType: queue.type === 'classic' || queue.type === 'quorum' ? queue.type : undefined,
      singleActiveConsumer: singleActiveConsumer?.value,
      deliveryLimit: deliveryLimit && { limit: deliveryLimit.value, by: deliveryLimit.by },
    }),
  })
  const looking = lookingBy(links.link, () => dial('look'))
  const origins = new OriginQueues(looking.link)
  const source = new DeadLetterQueue({
    intake,
    queue: queue.name,
    from: lane?.from ?? '0',
    to: lane?.to ?? '0',
    address: toOrigin ? toFirstDeath(name => origins.has(name)) : asItCame,
    gate,
    warn,
  })
  return {
    lanes: source.lanes,
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]()
      await looking.close()
    },
  }
}

/** The connection of the command as long as it lives, then new ones. */
function lookingBy(first: RabbitLink, dial: () => Promise<RabbitLink>) {
  let link = first
  return {
    async link(): Promise<RabbitLink> {
      if (link.lost.aborted) link = await dial()
      return link
    },
    close: async () => (link === first ? undefined : link.close()),
  }
}
