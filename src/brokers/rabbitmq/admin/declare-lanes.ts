import { failpoint } from '../../../core/failpoint.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import type { RabbitLink } from '../link.js'
import { onChannel } from './passive-declare.js'

/**
 * Makes the temporary queues of a plan, each behind its own durable fanout exchange of the same name, so that routing keys are kept.
 * Those that are there with the same arguments are left as they are. Throws UserError `permission`, BrokerError where one is there with
 * other arguments (406).
 */
export async function declareLanes(
  link: RabbitLink,
  plan: Pick<QueuePlan, 'laneQueues' | 'laneArguments'>,
): Promise<void> {
  failpoint('before-lanes-declare')
  for (const name of plan.laneQueues) await declareLane(link, name, plan.laneArguments)
  failpoint('after-lanes-declare')
}

function declareLane(link: RabbitLink, name: string, args: QueuePlan['laneArguments']): Promise<void> {
  return onChannel(link, { doing: `Declaring the temporary queue ${name}`, permission: 'configure' }, async channel => {
    await channel.assertExchange(name, 'fanout', { durable: true, autoDelete: false })
    await channel.assertQueue(name, { durable: true, exclusive: false, autoDelete: false, arguments: { ...args } })
    await channel.bindQueue(name, name, '')
  })
}
