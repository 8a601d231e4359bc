import { shellWord } from '../core/command-words.js'
import type { QueuePlan } from '../core/queue-plan.js'
import { comment, entry } from './commands-layout.js'

/**
 * Commands of other tools that confirm the drain of a queue, filled in for this plan: what to run, and what it must say.
 * Flags are those of RabbitMQ 3.10 to 4.x. Lines of commands may be longer than 80 columns, so that they can be copied.
 */
export function queueCommandsText(plan: QueuePlan): string {
  const vhost = shellWord(plan.vhost)
  const prefix = (plan.laneQueues[0] ?? '').replace(/\d+$/, '')
  const lanes = `grep -F ${shellWord(prefix)}`
  return [
    comment(
      'Commands of other tools that confirm this run. None of them changes anything. Counts of quorum queues lag by up to 5 s.',
    ),
    entry(`Nobody but its own consumers reads ${plan.queue}; what is ready there arrived after the captured count.`, [
      `rabbitmqctl -q list_queues -p ${vhost} name messages_ready messages_unacknowledged consumers | grep -F ${shellWord(plan.queue)}`,
    ]),
    entry('The temporary queues: their messages add up to "written" of the balance sheet until somebody reads them.', [
      `rabbitmqctl -q list_queues -p ${vhost} name messages | ${lanes} | awk '{ sum += $2 } END { print sum }'`,
    ]),
    entry(
      `Each is a durable ${plan.queueType} queue, and no policy is in force on it (an operator policy: see the management API).`,
      [`rabbitmqctl -q list_queues -p ${vhost} name type durable policy | ${lanes}`],
    ),
    entry('Each is behind an exchange of type fanout of its own name.', [
      `rabbitmqctl -q list_bindings -p ${vhost} source_name destination_name | ${lanes}`,
    ]),
    entry('No run holds the lock: no line.', [
      `rabbitmqctl -q list_queues -p ${vhost} name exclusive | grep -F spillway.lock.`,
    ]),
  ].join('\n\n')
}
