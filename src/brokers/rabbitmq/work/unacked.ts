import { isRecord } from '../../../core/revive.js'
import { numberOf } from '../management/fields.js'
import type { Management } from '../management.js'

/** Messages of a queue that were delivered and not acked, as the management API knows it, some seconds late; undefined where it does not tell. */
export async function unackedOf(management: Management, vhost: string, queue: string): Promise<number | undefined> {
  const answer = await management.get(['queues', vhost, queue])
  return answer.ok && isRecord(answer.value) ? numberOf(answer.value, 'messages_unacknowledged') : undefined
}
