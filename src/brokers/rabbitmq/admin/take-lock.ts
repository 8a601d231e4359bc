import { setTimeout as sleep } from 'node:timers/promises'
import { failpoint } from '../../../core/failpoint.js'
import { lockQueue } from '../../../core/temporary-queue.js'
import { Refusal } from '../../../errors.js'
import { fromAmqp, replyCode } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { onChannel } from './passive-declare.js'

const POLL_MS = 500

/**
 * Takes the lock of a source queue: an exclusive queue on this connection, gone with it. Throws Refusal `claimed` while another
 * connection holds it (405 RESOURCE_LOCKED), after asking again for `waitMs`, which gives one's own dead connection time to be noticed.
 */
export async function takeLock(link: RabbitLink, queue: string, waitMs = 0): Promise<void> {
  for (const until = Date.now() + waitMs; ; await sleep(POLL_MS)) {
    const failure = await tryLock(link, lockQueue(queue))
    if (failure === undefined) break
    if (replyCode(failure) !== 405) throw fromAmqp(failure, { doing: 'Taking the lock', queue: lockQueue(queue) })
    if (Date.now() + POLL_MS > until) throw claimed(queue)
  }
  failpoint('after-lock')
}

async function tryLock(link: RabbitLink, lock: string): Promise<unknown> {
  return onChannel(link, { doing: `Taking the lock ${lock}`, permission: 'configure' }, async channel => {
    try {
      await channel.assertQueue(lock, { exclusive: true, durable: false, autoDelete: false })
      return undefined
    } catch (failure) {
      if (replyCode(failure) === 405) return failure
      throw failure
    }
  })
}

const claimed = (queue: string): Refusal =>
  new Refusal(`Queue ${queue} is being drained by another runner: it holds ${lockQueue(queue)}`, {
    code: 'claimed',
    hint: 'See whose connection it is: `rabbitmqctl list_connections name client_properties`, names that begin with "spillway".',
  })
