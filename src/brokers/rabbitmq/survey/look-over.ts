import type { Channel } from 'amqplib'
import { UserError } from '../../../errors.js'
import { fromAmqp, replyCode } from '../errors.js'
import type { RabbitLink } from '../link.js'
import type { QueueLook } from './look.js'

const NOT_FOUND = 404
const ACCESS_REFUSED = 403
const RESOURCE_LOCKED = 405

/** Looks at queues over a connection, by passive declares: nothing is made, consumed or changed. */
export const lookOver = (link: RabbitLink): QueueLook => {
  let kept: Promise<Channel> | undefined
  const check = async (queue: string) => {
    kept ??= link.channel()
    try {
      return await (await kept).checkQueue(queue)
    } catch (failure) {
      // The server closed the channel together with its no.
      kept = undefined
      throw failure
    }
  }
  return {
    clusterName: link.clusterName,
    serverVersion: link.version,
    depth: async queue => {
      try {
        const { messageCount, consumerCount } = await check(queue)
        return { ready: messageCount, consumers: consumerCount }
      } catch (failure) {
        throw noLook(failure, queue, link)
      }
    },
    locked: async queue => {
      try {
        await check(queue)
        return false
      } catch (failure) {
        const code = replyCode(failure)
        if (code === NOT_FOUND || code === ACCESS_REFUSED) return false
        if (code === RESOURCE_LOCKED) return true
        throw fromAmqp(failure, { doing: `Looking for ${queue}` })
      }
    },
  }
}

const noLook = (failure: unknown, queue: string, { settings }: RabbitLink): Error =>
  replyCode(failure) === RESOURCE_LOCKED
    ? new UserError(`Queue ${queue} is exclusive: only the connection that made it may read it`, {
        code: 'exclusive',
        hint: 'Its messages go when that connection ends. Drain a queue that outlives its consumers.',
        cause: failure,
      })
    : fromAmqp(failure, {
        doing: `Looking at queue ${queue}`,
        queue,
        permission: 'read',
        username: settings.username,
      })
