import type { ConfirmChannel } from 'amqplib'
import { closeChannel } from '../close-channel.js'
import { fromAmqp } from '../errors.js'
import type { RabbitLink } from '../link.js'

/** A message of a stand-in for an application: JSON, with an id. */
export type Posted = { readonly id: string; readonly json: string }

/**
 * Publishes to a queue with confirms; resolves, once the fate of each is known, with those that the broker refused (basic.nack: the queue is full and
 * has `reject-publish`). Throws BrokerError where the channel is lost.
 */
export async function publishAll<M extends Posted>(
  link: RabbitLink,
  queue: string,
  messages: readonly M[],
): Promise<readonly M[]> {
  const channel = await link.confirmChannel()
  try {
    const taken = await Promise.all(messages.map(message => publish(channel, queue, message)))
    return messages.filter((_, at) => taken[at] === false)
  } catch (failure) {
    throw fromAmqp(failure, { doing: `Publishing to ${queue}`, queue, permission: 'write' })
  } finally {
    await closeChannel(channel)
  }
}

/** Whether the broker took it. What amqplib (2.3, lib/channel.js) says of a basic.nack is this; of a channel that ends it says something else. */
const publish = (channel: ConfirmChannel, queue: string, { id, json }: Posted): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const options = { persistent: true, messageId: id, contentType: 'application/json' }
    const heard = (failure: Error | null) =>
      failure === null || failure.message === 'message nacked' ? resolve(failure === null) : reject(failure)
    channel.publish('', queue, Buffer.from(json), options, heard)
  })
