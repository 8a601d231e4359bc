import { defined } from '../../core/defined.js'
import type { Rate } from '../../core/plan.js'
import { formatBytes, formatCount, formatDuration, formatRate } from '../../core/quantity.js'
import type { QueuePlan } from '../../core/queue-plan.js'
import type { QueueBacklog } from '../../core/queue-survey.js'
import type { Detail } from '../../errors.js'
import type { Drift } from '../drift.js'
import { queueIdentityDrift } from './drift/identity.js'
import { planQueueDrain } from './plan.js'

/** What `apply` may be given beside the plan; absent fields are as the plan has them. */
export type QueueAgain = { readonly now: Date; readonly rate?: Rate; readonly maxDriftPercent?: number }

/**
 * Compares a saved plan with the queue of now. Refuses on another cluster, queue type, arguments or policies in force, on a
 * volume that drifted further than the plan allows, and on resources over its bounds; counts and rates are shown as
 * planned / now. An edited file is `verifyPlan`'s affair. Throws UserError as `planQueueDrain` does.
 */
export const queueDrift = (plan: QueuePlan, survey: QueueBacklog, again: QueueAgain): Drift => {
  const refusals = queueIdentityDrift(plan, survey)
  if (refusals.length > 0) return { refusals, changes: [] }
  const now = replanQueue(plan, survey, again)
  const percent = again.maxDriftPercent ?? plan.maxDriftPercent
  return { refusals: [...volume(plan, now, percent), ...resources(plan, now)], changes: changes(plan, now) }
}

/**
 * The plan to run now: the same run id, names and choices, with the counts, sizes and rates of now, signed again. Throws
 * UserError as `planQueueDrain` does.
 */
export const replanQueue = (plan: QueuePlan, survey: QueueBacklog, again: QueueAgain): QueuePlan =>
  planQueueDrain(survey, {
    run: plan.run,
    now: again.now,
    lanes: plan.laneQueues.length,
    order: plan.order,
    until: plan.until,
    consumersStopped: plan.consumersStopped,
    cutOver: plan.cutOver,
    queueType: plan.queueType,
    maxDriftPercent: again.maxDriftPercent ?? plan.maxDriftPercent,
    ...defined({ key: plan.key, first: plan.first, rate: again.rate ?? plan.rate }),
  })

// The captured count is taken anew, so growth is no drift with `now`: only a queue that lost messages is another one.
const volume = (plan: QueuePlan, now: QueuePlan, percent: number): Detail[] => {
  const planned = plan.expect.messages
  const bound = (planned * BigInt(Math.round(percent * 100))) / 10_000n
  const tooSmall = planned - now.expect.messages > bound
  const tooLarge = plan.until !== 'now' && now.expect.messages - planned > bound
  if (!tooSmall && !tooLarge) return []
  return [
    {
      at: 'volume',
      message: `planned ${formatCount(planned)} messages / now ${formatCount(now.expect.messages)}: more than ${percent} % apart (--max-drift)`,
    },
  ]
}

const resources = (plan: QueuePlan, now: QueuePlan): Detail[] =>
  now.nodes.flatMap(({ node, diskNeed }) => {
    const bound = plan.nodes.find(each => each.node === node)?.diskBound
    return bound === undefined || diskNeed <= bound
      ? []
      : [
          {
            at: `disk of ${node}`,
            message: `planned ${formatBytes(bound)} at most / now ${formatBytes(diskNeed)} needed`,
          },
        ]
  })

const ROWS: readonly (readonly [what: string, words: (plan: QueuePlan) => string])[] = [
  ['messages', ({ expect }) => formatCount(expect.messages)],
  ['bytes', ({ expect }) => formatBytes(expect.bytes)],
  ['growth', ({ expect }) => formatRate(expect.growthPerSecond)],
  ['copy time', ({ expect }) => expect.copySeconds.map(formatDuration).join(' to ')],
  ['prefetch', ({ prefetch }) => formatCount(prefetch)],
]

const changes = (plan: QueuePlan, now: QueuePlan): Drift['changes'] =>
  ROWS.map(([what, words]) => ({ what, planned: words(plan), now: words(now) })).filter(
    ({ planned, now: current }) => planned !== current,
  )
