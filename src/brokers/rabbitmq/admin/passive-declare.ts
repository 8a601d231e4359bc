import type { Channel } from 'amqplib'
import { closeChannel } from '../close-channel.js'
import { fromAmqp, isAway, replyCode } from '../errors.js'
import type { RabbitLink } from '../link.js'

/** What a passive declare tells; counts are of this moment and of ready messages alone. */
export type QueueCounts = { readonly messages: number; readonly consumers: number }

/** Looks at a queue without changing it. Throws UserError `no-queue` or `permission`, BrokerError when the connection is gone. */
export async function passiveDeclare(link: RabbitLink, queue: string): Promise<QueueCounts> {
  const counts = await lookAt(link, queue)
  if (counts === undefined)
    throw fromAmqp(Object.assign(new Error('NOT_FOUND'), { code: 404 }), { doing: 'Looking', queue })
  return counts
}

/** The same, but undefined for a queue that is not there. */
export async function lookAt(link: RabbitLink, queue: string): Promise<QueueCounts | undefined> {
  // A refusal closes the channel, so each look has its own.
  const channel = await link.channel()
  try {
    return await countsOn(channel, queue)
  } catch (failure) {
    if (replyCode(failure) === 404 && !isAway(failure)) return undefined
    throw fromAmqp(failure, { doing: `Looking at queue ${queue}`, queue, username: link.settings.username })
  } finally {
    await closeChannel(channel)
  }
}

/** A passive declare on a channel that is kept; what was sent on it before has been taken when this resolves. */
export async function countsOn(channel: Channel, queue: string): Promise<QueueCounts> {
  const { messageCount, consumerCount } = await channel.checkQueue(queue)
  return { messages: messageCount, consumers: consumerCount }
}

/** Whether an exchange of this name is there. */
export async function exchangeIsThere(link: RabbitLink, exchange: string): Promise<boolean> {
  const channel = await link.channel()
  try {
    await channel.checkExchange(exchange)
    return true
  } catch (failure) {
    if (replyCode(failure) === 404) return false
    throw fromAmqp(failure, { doing: `Looking at exchange ${exchange}` })
  } finally {
    await closeChannel(channel)
  }
}

/** Runs work on a channel of its own. Throws what `fromAmqp` makes of its failure. */
export async function onChannel<T>(
  link: RabbitLink,
  context: Parameters<typeof fromAmqp>[1],
  work: (channel: Channel) => Promise<T>,
): Promise<T> {
  const channel = await link.channel()
  try {
    return await work(channel)
  } catch (failure) {
    const { username, vhost } = link.settings
    throw fromAmqp(failure, { username, vhost, ...context })
  } finally {
    await closeChannel(channel)
  }
}
