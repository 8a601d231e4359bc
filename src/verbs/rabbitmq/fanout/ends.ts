import { passiveDeclare } from '../../../brokers/rabbitmq/admin/passive-declare.js'
import type { FanoutPlan } from '../../../core/fanout-plan.js'
import { Refusal } from '../../../errors.js'
import type { FanEnds } from '../../fanout/ends.js'
import { consumersInWords } from '../ends.js'
import type { RabbitLinks } from '../links.js'
import { openIntake } from './intake.js'
import { proveWorkRights } from './rights.js'

/** What the verb of a fan-out does over a connection to RabbitMQ. */
export const fanEndsOf = (links: RabbitLinks): FanEnds => ({
  intake: running => openIntake(links, running),
  prove: plan => proveWorkRights(links.link, plan),
  async assertSamePlace(plan) {
    assertCluster(plan, links)
    for (const queue of plan.laneQueues ?? []) await passiveDeclare(links.link, queue)
  },
  // Others on temporary queues are welcome: they share them.
  busy: async plan => (plan.reads === 'lanes' ? undefined : consumersInWords(links, plan.topic)),
  [Symbol.asyncDispose]: () => links[Symbol.asyncDispose](),
})

const assertCluster = (plan: FanoutPlan, { link, settings }: RabbitLinks): void => {
  if (link.clusterName === plan.clusterId && settings.vhost === plan.vhost) return
  throw new Refusal(`The address of run ${plan.run} leads elsewhere than where it ran`, {
    code: 'stale',
    hint: `It ran on cluster ${plan.clusterId}, virtual host ${plan.vhost}. Give the right one with --source.`,
  })
}
