import { passiveDeclare } from '../../../brokers/rabbitmq/admin/passive-declare.js'
import { proveReading } from '../../../brokers/rabbitmq/admin/prove-rights.js'
import { rabbitmqFormat } from '../../../brokers/rabbitmq/archive/format.js'
import type { DiscardPlan } from '../../../core/discard-plan.js'
import { Refusal } from '../../../errors.js'
import type { DiscardEnds } from '../../discard/ends.js'
import { consumersInWords } from '../ends.js'
import type { RabbitLinks } from '../links.js'
import { discardQueue } from './events.js'

/** What the verb of a discard does over a connection to RabbitMQ; the queue is the one lane of its archive. */
export const discardEndsOf = (links: RabbitLinks, queue: string): DiscardEnds => ({
  format: rabbitmqFormat(queue),
  events: running => discardQueue({ ...running, links }),
  prove: plan => proveReading(links.link, plan.topic),
  async assertSamePlace(plan) {
    assertCluster(plan, links)
    await passiveDeclare(links.link, plan.topic)
  },
  busy: plan => consumersInWords(links, plan.topic),
  [Symbol.asyncDispose]: () => links[Symbol.asyncDispose](),
})

const assertCluster = (plan: DiscardPlan, { link, settings }: RabbitLinks): void => {
  if (link.clusterName === plan.clusterId && settings.vhost === plan.vhost) return
  throw new Refusal(`The address of run ${plan.run} leads elsewhere than where it ran`, {
    code: 'stale',
    hint: `It ran on cluster ${plan.clusterId}, virtual host ${plan.vhost}. Give the right one with --source.`,
  })
}
