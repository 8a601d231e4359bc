import type { Message } from '../../../core/message.js'
import { Bug } from '../../../errors.js'
import type { ReplayItem } from '../../../replay/ports.js'
import { QueueMessage, RabbitNative } from '../work/queue-message.js'
import { firstDeath, withoutDeath } from './death.js'

/** A message of a dead-letter queue as it goes out: where to, or why not. */
export type DeadLetter = Pick<ReplayItem, 'message' | 'to' | 'unable'>

/** Makes of a message what goes out for it. */
export type Addressing = (message: Message) => DeadLetter | Promise<DeadLetter>

/** As it came, to the target of the run. */
export const asItCame: Addressing = message => ({ message })

const NO_DEATH = 'it has no x-first-death-queue and no x-death: nothing says where it came from'

/**
 * To the queue in which it died first, by the default exchange: other queues behind the exchange that it was published to had their copy then. What
 * its deaths have added is taken off, so that the broker does not see a cycle when it dies again. `isThere` tells whether a queue is.
 */
export const toFirstDeath =
  (isThere: (queue: string) => Promise<boolean>): Addressing =>
  async message => {
    const { native, target, lane } = message
    if (!(native instanceof RabbitNative)) throw new Bug('A dead letter of RabbitMQ came without its frames')
    const { delivery } = native
    const queue = firstDeath(delivery)
    if (queue === undefined) return { message, unable: NO_DEATH }
    if (queue.toString() === target) return { message, unable: `it died in ${target} first, which is what is read` }
    if (!(await isThere(queue.toString()))) return { message, unable: `queue ${queue}, where it died, is not there` }
    const cleared = new QueueMessage(withoutDeath(delivery), { target, lane })
    return { message: cleared, to: { exchange: '', routingKey: Buffer.from(queue) } }
  }
