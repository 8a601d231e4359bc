import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from 'amqplib'
import type { QueueType } from '../../../core/queue-plan.js'
import { replyCode } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { countsOn, lookAt, onChannel } from './passive-declare.js'

/** Long enough for a publish that was under way to arrive. Milliseconds. */
const SECOND_LOOK_MS = 500
/** A quorum queue that does not say who consumes it is asked again this often, and given up after so many times. */
const ASK_EVERY_MS = 500
const ASK_TIMES = 20

/** What became of a lane: `left` says why it still stands. */
export type LaneDeletion = { readonly gone: true } | { readonly gone: false; readonly left: string }

/**
 * Deletes a temporary queue and its exchange, only while it is empty and unused. Classic queues are deleted if-empty and if-unused, which
 * the broker checks; quorum queues lack both: look, unbind, look again as a consumer, then delete.
 */
export async function deleteLane(link: RabbitLink, name: string, type: QueueType): Promise<LaneDeletion> {
  const seen = await lookAt(link, name)
  if (seen !== undefined) {
    const left = why(seen) ?? (type === 'classic' ? await deleteClassic(link, name) : await deleteQuorum(link, name))
    if (left !== undefined) return { gone: false, left }
  }
  await onChannel(link, { doing: `Deleting exchange ${name}`, permission: 'configure' }, channel =>
    channel.deleteExchange(name),
  )
  return { gone: true }
}

async function deleteClassic(link: RabbitLink, name: string): Promise<string | undefined> {
  return onChannel(link, { doing: `Deleting queue ${name}`, queue: name }, async channel => {
    try {
      await channel.deleteQueue(name, { ifEmpty: true, ifUnused: true })
      return undefined
    } catch (failure) {
      if (replyCode(failure) === 406) return 'it is no longer empty and unused'
      throw failure
    }
  })
}

async function deleteQuorum(link: RabbitLink, name: string): Promise<string | undefined> {
  const doing = `Unbinding queue ${name}`
  await onChannel(link, { doing, permission: 'write' }, channel => channel.unbindQueue(name, name, ''))
  await sleep(SECOND_LOOK_MS)
  const left = await lookInside(link, name)
  if (left !== undefined) {
    await onChannel(link, { doing: `Binding queue ${name} again` }, channel => channel.bindQueue(name, name, ''))
    return left
  }
  await onChannel(link, { doing: `Deleting queue ${name}`, queue: name }, channel => channel.deleteQueue(name))
  return undefined
}

/**
 * Consumes for a moment, since a passive declare alone proves nothing: where a quorum queue does not answer within 250 ms the server says
 * no messages and no consumers (rabbit_quorum_queue:stat/2). Its answer is one that counts this consumer.
 */
async function lookInside(link: RabbitLink, name: string): Promise<string | undefined> {
  return onChannel(link, { doing: `Looking into queue ${name}`, queue: name, permission: 'read' }, async channel => {
    const came: Message[] = []
    await channel.prefetch(1)
    const { consumerTag } = await channel.consume(name, message => void (message && came.push(message)))
    for (let asked = 0; asked < ASK_TIMES; asked++, await sleep(ASK_EVERY_MS)) {
      const { messages, consumers } = await countsOn(channel, name)
      if (consumers === 0 && came.length === 0) continue
      await channel.cancel(consumerTag)
      // Once only: each time costs a delivery.
      for (const message of came) channel.nack(message)
      return why({ messages: messages + came.length, consumers: consumers - 1 })
    }
    return 'it does not say who consumes it'
  })
}

const why = ({ messages, consumers }: { messages: number; consumers: number }): string | undefined =>
  messages > 0 ? `${messages} unread` : consumers > 0 ? `${consumers} consumers` : undefined
