import { passiveDeclare } from '../../brokers/rabbitmq/admin/passive-declare.js'
import { proveRights } from '../../brokers/rabbitmq/admin/prove-rights.js'
import { consumersOf } from '../../brokers/rabbitmq/watch-consumers.js'
import type { DrainPlan } from '../../core/plan.js'
import { isQueuePlan } from '../../core/plan-names.js'
import type { QueuePlan } from '../../core/queue-plan.js'
import { Bug, Refusal, UserError } from '../../errors.js'
import { counted } from '../restore/words.js'
import type { Ends, Where } from '../system.js'
import { compare } from './compare.js'
import { drainQueue } from './drain/events.js'
import type { RabbitLinks } from './links.js'
import { lanesOf, unreadIn } from './restore/facts.js'
import { outlookOf } from './restore/outlook.js'
import { Patience } from './restore/patience.js'

/** What the verbs do over the connection to RabbitMQ. */
export const endsOf = (links: RabbitLinks, where: Where): Ends => {
  const { io, present } = where
  const patience = new Patience(line => void (present.quiet || io.err.write(line)), io.soft)
  return {
    compare: (saved, request) => compare({ saved: ours(saved), links, request, io }),
    prove: plan => proveRights(links.link, ours(plan)),
    events: running => drainQueue({ ...running, plan: ours(running.plan), links }),
    assertSameCluster: async plan => assertSameCluster(ours(plan), links),
    async assertSamePlace(plan) {
      assertSameCluster(ours(plan), links)
      await passiveDeclare(links.link, ours(plan).queue)
    },
    busy: plan => consumersInWords(links, ours(plan).queue),
    unread: async plan => unreadIn(await lanesOf(links, ours(plan))),
    async verify({ plan }) {
      throw cannotVerify(plan)
    },
    outlook: question => outlookOf({ ...question, plan: ours(question.plan), links, patience }),
    [Symbol.asyncDispose]: () => links[Symbol.asyncDispose](),
  }
}

/** The plan as one of RabbitMQ. Throws Bug where it is none. */
export const ours = (plan: DrainPlan): QueuePlan => {
  if (isQueuePlan(plan)) return plan
  throw new Bug(`Plan ${plan.run} is not one of RabbitMQ`)
}

function assertSameCluster(plan: QueuePlan, { link, settings }: RabbitLinks): void {
  const elsewhere =
    link.clusterName === plan.clusterName
      ? settings.vhost === plan.vhost
        ? undefined
        : `virtual host ${settings.vhost}, not ${plan.vhost}`
      : `cluster ${link.clusterName}, not ${plan.clusterName}`
  if (elsewhere === undefined) return
  throw new Refusal(`The address of run ${plan.run} leads to ${elsewhere}`, {
    code: 'other-cluster',
    hint: 'Give the right one with --source, or correct the settings file.',
  })
}

/**
 * Foreign consumers of the source, in words. A consumer of a runner whose connection died unnoticed is no stranger: its lock is waited for
 * when the run begins.
 */
export async function consumersInWords(
  { link, management, settings }: RabbitLinks,
  queue: string,
): Promise<string | undefined> {
  const { consumers } = await passiveDeclare(link, queue)
  if (consumers === 0) return undefined
  const { foreign, own } = await consumersOf(management, settings.vhost, queue)
  if (consumers <= own) return undefined
  const names = foreign.length === 0 ? '' : `: ${foreign.join(', ')}`
  return `queue ${queue} has ${counted(consumers - own, 'consumer')}${names}`
}

const cannotVerify = ({ run }: DrainPlan): UserError =>
  new UserError('A queue cannot be read back without consuming it, so there is nothing to verify with', {
    code: 'not-supported',
    hint: `\`spillway report ${run} --commands\` prints commands of rabbitmqctl and rabbitmqadmin that confirm the counts.`,
  })
