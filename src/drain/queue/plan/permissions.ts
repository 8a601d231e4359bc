import type { QueuePlan } from '../../../core/queue-plan.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import { temporaryQueuePrefix } from '../../../core/temporary-queue.js'
import { quoted } from '../../ways-out/quoted.js'

// The source has one, and each lane while an undo empties it.
const LOCKS = 'spillway\\.lock\\..*'

/**
 * The rights that a run needs, as the command that grants them and nothing more: it makes, binds and deletes the temporary
 * queues, holds locks, reads the source, and writes to it for an undo (RabbitMQ documentation, "Access Control").
 */
export const permissionsFor = (
  { user }: Pick<QueueBacklog, 'user'>,
  { vhost, queue }: Pick<QueuePlan, 'vhost' | 'queue'>,
): readonly string[] => {
  const temporary = `${literally(temporaryQueuePrefix(queue))}.*`
  const source = literally(queue)
  const rights = [
    `^(${temporary}|${LOCKS})$`,
    `^(${temporary}|${source}|amq\\.default)$`,
    `^(${temporary}|${LOCKS}|${source})$`,
  ]
  return [
    `rabbitmqctl set_permissions -p ${quoted(vhost)} ${quoted(user.name)} ${rights.map(quoted).join(' ')}  # configure, write, read: replaces what it has`,
  ]
}

/** A name as part of a Perl regular expression. */
export const literally = (name: string): string => name.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
