import { runsOnCluster } from '../../../core/command-words.js'
import { formatDuration } from '../../../core/quantity.js'
import type { QueueBacklog, QueueConsumer } from '../../../core/queue-survey.js'
import type { DrainRefusal } from '../../refusals.js'
import type { QueueDraft } from '../plan/draft.js'

/** Refusals because somebody else may be at work on the queue: consumers, pollers, another run. */
export const readerRefusals = (survey: QueueBacklog, draft: Pick<QueueDraft, 'consumersStopped'>): DrainRefusal[] => [
  ...locked(survey),
  ...live(survey),
  ...unsure(survey, draft),
]

const locked = ({ lock, queue, source }: QueueBacklog): DrainRefusal[] =>
  lock === undefined
    ? []
    : [
        {
          code: 'claimed',
          message: `${queue.name} is being drained by another run${lock.by === undefined ? '' : `, on connection ${lock.by}`} (lock queue ${lock.queue})`,
          hint: `See \`${runsOnCluster(source)}\` for it. The lock goes when its connection ends, at the latest two heartbeats after a crash (--wait 60s).`,
          mayClear: true,
        },
      ]

const live = ({ queue, consumerCount, consumers, lock }: QueueBacklog): DrainRefusal[] =>
  consumerCount === 0 || lock !== undefined
    ? []
    : [
        {
          code: 'consumers-live',
          message: `${queue.name} has ${consumerCount} ${consumerCount === 1 ? 'consumer' : 'consumers'}${list(consumers, consumerCount)}`,
          hint: 'Stop them. One that was killed stays until its connection is found dead, two heartbeats (120 s by default): --wait 120s waits for that.',
          mayClear: true,
        },
      ]

const SHOWN = 5

const list = (consumers: readonly QueueConsumer[], count: number): string => {
  if (consumers.length === 0) return ''
  const shown = consumers
    .slice(0, SHOWN)
    .map(
      ({ tag, host, connection, user }) =>
        `${tag} at ${host}${user === undefined ? '' : `, user ${user}`} (${connection})`,
    )
  return `: ${shown.join('; ')}${count > shown.length ? `; and ${count - shown.length} more` : ''}`
}

const unsure = (
  { queue, pollers, verdict, windowSeconds }: QueueBacklog,
  draft: Pick<QueueDraft, 'consumersStopped'>,
): DrainRefusal[] => {
  if (pollers)
    return [
      {
        code: 'pollers',
        message: `Messages of ${queue.name} were fetched although it has no consumer: somebody polls with basic.get`,
        hint: 'Find and stop it (channels with get in `rabbitmqctl list_channels`); the statistics forget it after 20 s.',
        mayClear: true,
      },
    ]
  if (verdict !== 'unsure' || draft.consumersStopped) return []
  return [
    {
      code: 'queue-moves',
      message: `${queue.name} got shorter within ${formatDuration(windowSeconds)} although it has no consumer`,
      hint: 'Somebody polls or purges it, or messages expire. If you know which and it is harmless, say --consumers-stopped.',
      mayClear: true,
    },
  ]
}
