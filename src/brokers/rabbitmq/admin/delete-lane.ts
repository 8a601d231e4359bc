import { setTimeout as sleep } from 'node:timers/promises'
import type { QueueType } from '../../../core/queue-plan.js'
import { replyCode } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { lookAt, onChannel } from './passive-declare.js'

/** Long enough for a publish that was under way to arrive. Milliseconds. */
const SECOND_LOOK_MS = 500

/** What became of a lane: `left` says why it still stands. */
export type LaneDeletion = { readonly gone: true } | { readonly gone: false; readonly left: string }

/**
 * Deletes a temporary queue and its exchange, only while it is empty and unused. Classic queues are deleted if-empty and if-unused, which
 * the broker checks; quorum queues lack both: look, unbind, look again, then delete.
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
  const seen = await lookAt(link, name)
  const left = seen && why(seen)
  if (left !== undefined) {
    await onChannel(link, { doing: `Binding queue ${name} again` }, channel => channel.bindQueue(name, name, ''))
    return left
  }
  await onChannel(link, { doing: `Deleting queue ${name}`, queue: name }, channel => channel.deleteQueue(name))
  return undefined
}

const why = ({ messages, consumers }: { messages: number; consumers: number }): string | undefined =>
  messages > 0 ? `${messages} unread` : consumers > 0 ? `${consumers} consumers` : undefined
