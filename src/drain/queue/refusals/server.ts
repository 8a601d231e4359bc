import { formatBytes, formatCount, formatRate } from '../../../core/quantity.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { DrainRefusal } from '../../refusals.js'
import type { QueueDraft } from '../plan/draft.js'

/** Refusals because the server can't take the copies, or can't give the messages: alarms, disk, names, the queue itself. */
export const serverRefusals = (survey: QueueBacklog, draft: QueueDraft): DrainRefusal[] => [
  ...sourceItself(survey),
  ...alarms(survey),
  ...disk(draft),
  ...names(survey, draft),
  ...neverCatchesUp(draft),
]

/** Refusals because of the queue that is read. */
export const sourceItself = ({ queue }: QueueBacklog): DrainRefusal[] => [
  ...(queue.autoDelete === true
    ? [
        {
          code: 'auto-delete',
          message: `${queue.name} is an auto-delete queue: the server deletes it with all that is in it when the last consumer leaves, and the run is one`,
          hint: 'Let its own consumers work it off, or add more of them (spillway fanout).',
          mayClear: false,
        },
      ]
    : []),
  ...(queue.state === undefined || ['running', 'idle', 'flow'].includes(queue.state)
    ? []
    : [
        {
          code: 'queue-down',
          message: `${queue.name} is ${queue.state}`,
          hint: 'Bring its node back, or enough members of it.',
          mayClear: true,
        },
      ]),
]

const alarms = ({ nodes }: QueueBacklog): DrainRefusal[] =>
  nodes
    .filter(({ memoryAlarm, diskAlarm }) => memoryAlarm || diskAlarm)
    .map(({ node, memoryAlarm, diskAlarm }) => ({
      at: `node ${node}`,
      code: 'alarm',
      message: `${[...(memoryAlarm ? ['memory alarm'] : []), ...(diskAlarm ? ['disk alarm'] : [])].join(' and ')}: the cluster takes no publishes, so nothing can be copied`,
      hint: 'Make room, or let go of the backlog with `spillway discard`, which only consumes.',
      mayClear: true,
    }))

const disk = ({ nodes }: QueueDraft): DrainRefusal[] =>
  nodes.flatMap(({ node, diskNeed, diskFree, diskBound }) =>
    diskBound === undefined || diskNeed <= diskBound
      ? []
      : [
          {
            at: `node ${node}`,
            code: 'disk-too-small',
            message: `The copy may need ${formatBytes(diskNeed)}, of ${formatBytes(diskFree ?? 0n)} free at most ${formatBytes(diskBound)} may be used before its disk alarm`,
            hint: 'Make room, or begin with fewer messages (--first N).',
            mayClear: true,
          },
        ],
  )

const names = ({ temporaryQueues, queueLimit }: QueueBacklog, { laneQueues }: QueueDraft): DrainRefusal[] => {
  const taken = temporaryQueues.filter(({ name }) => laneQueues.includes(name)).map(({ name }) => name)
  const most =
    queueLimit !== undefined && queueLimit.now + laneQueues.length > queueLimit.limit ? queueLimit : undefined
  return [
    ...(taken.length === 0
      ? []
      : [
          {
            code: 'target-exists',
            message: `Temporary queues are there already: ${taken.slice(0, 3).join(', ')}${taken.length > 3 ? ` and ${taken.length - 3} more` : ''}`,
            hint: 'A run writes into queues of its own: carry that run on with `spillway resume`, or plan again.',
            mayClear: false,
          },
        ]),
    ...(most === undefined
      ? []
      : [
          {
            code: 'queue-limit',
            message: `${formatCount(most.now)} queues and ${formatCount(laneQueues.length)} more would pass the limit of ${formatCount(most.limit)} of the virtual host`,
            hint:
              most.limit > most.now
                ? `At most --lanes ${most.limit - most.now} fits.`
                : 'Raise it: rabbitmqctl set_vhost_limits.',
            mayClear: false,
          },
        ]),
  ]
}

const neverCatchesUp = ({ until, rate, expect }: QueueDraft): DrainRefusal[] =>
  until === 'now' || rate?.messages === undefined || expect.growthPerSecond < rate.messages
    ? []
    : [
        {
          code: 'never-catches-up',
          message: `${formatRate(expect.growthPerSecond)} arrive, and --rate lets ${formatRate(rate.messages)} through: it would follow the tail for ever`,
          hint: 'Raise --rate, or take --until now.',
          mayClear: true,
        },
      ]
