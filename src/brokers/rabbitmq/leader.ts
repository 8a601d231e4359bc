import { isRecord } from '../../core/revive.js'
import { BrokerError } from '../../errors.js'
import { textOf, textsOf } from './management/fields.js'
import type { Management } from './management.js'

/** What a hold says, with what is known of the cause. */
export const silentQueue = (queue: string): string =>
  `queue ${queue} has no leader: it tells nothing of its messages and consumers, although this run consumes it`

const NONE: readonly (string | undefined)[] = [undefined, 'undefined', 'none']

/** Why a quorum queue answers nothing, in words: it has no leader by the management API. Undefined where it has one, or nobody tells. */
export async function leaderless(management: Management, vhost: string, queue: string): Promise<string | undefined> {
  const answer = await management.get(['queues', vhost, queue], { columns: 'type,leader,members' })
  if (!answer.ok || !isRecord(answer.value) || textOf(answer.value, 'type') !== 'quorum') return undefined
  if (!NONE.includes(textOf(answer.value, 'leader'))) return undefined
  const members = textsOf(answer.value, 'members') ?? []
  return `queue ${queue} has no leader: its members (${members.join(', ')}) have to elect one`
}

/** Throws BrokerError, retriable, where `leaderless` says so: such a queue is told as one of no messages. */
export async function assertLeader(management: Management, vhost: string, queue: string): Promise<void> {
  const why = await leaderless(management, vhost, queue)
  if (why !== undefined) throw new BrokerError(why, { retry: true, code: 'queue-down', hint: LEADER_HINT })
}

const LEADER_HINT = 'See `rabbitmq-queues quorum_status QUEUE`, and start the nodes that are away.'
