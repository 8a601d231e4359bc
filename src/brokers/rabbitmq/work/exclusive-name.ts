import { onChannel } from '../admin/passive-declare.js'
import { fromAmqp, isAway, replyCode } from '../errors.js'
import type { RabbitLink } from '../link.js'

/**
 * Takes a name by an exclusive queue on this connection, gone with it; true where it is ours now, or was before. False while another connection
 * holds it (405 RESOURCE_LOCKED, AMQP 0-9-1 1.7.2.1). Throws UserError `permission`, BrokerError.
 */
export async function takeName(link: RabbitLink, name: string): Promise<boolean> {
  return onChannel(link, { doing: `Declaring ${name}`, queue: name, permission: 'configure' }, async channel => {
    try {
      await channel.assertQueue(name, { exclusive: true, durable: false, autoDelete: false })
      return true
    } catch (failure) {
      if (replyCode(failure) === 405) return false
      throw failure
    }
  })
}

/** Whether anybody holds a name, ourselves too. Throws BrokerError. */
export async function isHeld(link: RabbitLink, name: string): Promise<boolean> {
  return onChannel(link, { doing: `Looking at ${name}` }, async channel => {
    try {
      await channel.checkQueue(name)
      return true
    } catch (failure) {
      if (replyCode(failure) === 405) return true
      if (replyCode(failure) === 404 && !isAway(failure)) return false
      throw fromAmqp(failure, { doing: `Looking at ${name}` })
    }
  })
}

/** Lets a name of ours go. Throws BrokerError. */
export async function releaseName(link: RabbitLink, name: string): Promise<void> {
  await onChannel(link, { doing: `Deleting ${name}`, queue: name }, async channel => {
    await channel.deleteQueue(name)
  })
}
