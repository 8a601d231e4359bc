import type { Until } from '../core/plan.js'
import { plannedOriginals } from '../core/planned-originals.js'
import { formatBytes, formatCount } from '../core/quantity.js'
import type { QueuePlan } from '../core/queue-plan.js'
import { item } from './layout.js'
import type { PlanView } from './plan-text.js'
import { instant } from './plan-text-instant.js'
import { copyInWords, meanwhileInWords } from './plan-text-time.js'
import { refusalLines, warningLines } from './plan-text-trouble.js'
import { queueCommandLines } from './queue-plan-text-command.js'
import { queueRights, roomForQueues, stoppingQueue } from './queue-plan-text-needs.js'

/**
 * The plan of a queue as text of 80 columns, in the order of a topic's: what will happen, how long it takes, what the
 * originals do; what forbids or endangers it; the steps with their undo; what it needs; last, the command that runs it.
 */
export const describeQueuePlan = (plan: QueuePlan, view: PlanView = {}): string => {
  const zone = view.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const blocks = [
    summary(plan, zone),
    refusalLines(plan),
    warningLines(plan),
    steps(plan),
    stoppingQueue(plan),
    roomForQueues(plan),
    queueRights(plan),
    queueCommandLines(plan, view.command),
  ]
  return `${blocks
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

const summary = (plan: QueuePlan, zone: string): string[] => [
  `PLAN ${plan.run}, drawn ${instant(plan.plannedAt, zone)}`,
  '',
  ...item('', sentence(plan)),
  ...item('Takes      ', copyInWords(plan, ENDS)),
  ...item('Meanwhile  ', meanwhileInWords(plan, plan.queue)),
  ...item('Twice      ', `${plan.duplicatesAtMost}.`),
  ...item('Undo       ', `possible until ${plan.undoPossibleUntil}.`),
  `ORIGINALS: ${plannedOriginals(plan)}`,
]

const sentence = ({ expect, first, queue, laneQueues, key }: QueuePlan): string => {
  const lanes = `${formatCount(laneQueues.length)} temporary queues ${(laneQueues[0] ?? '').replace(/\.\d+$/, '')}.*`
  if (expect.messages === 0n) return `Nothing to move: ${queue} is empty. It would make ${lanes}.`
  const order = key === undefined ? 'in no order (round robin)' : `in the order of each key (${key})`
  const most = expect.messagesIsUpperBound ? 'up to ' : ''
  const size = expect.bytesIsGuess ? 'their size is unknown' : `about ${formatBytes(expect.bytes)}`
  const canary = first === undefined ? '' : `, but stop after the first ${formatCount(first)} (canary)`
  return `Move ${most}${formatCount(expect.messages)} messages (${size}), the backlog of ${queue}, into ${lanes}, at least once, ${order}${canary}.`
}

const ENDS: Readonly<Record<Until, string>> = {
  now: 'until as many are moved as are ready now',
  'caught-up': 'until it has caught up with the tail',
  'lanes-empty': 'until it has caught up with the tail; it goes on until the lanes are worked off',
}

const steps = ({ steps: all }: QueuePlan): string[] => [
  'STEPS',
  ...all.flatMap(({ title, undo, undoUntil }, index) => [
    ...item(`${String(index + 1).padStart(3)}. `, title),
    ...(undo === '' ? [] : item('     undo: ', undoUntil === '' ? undo : `${undo} (${undoUntil})`)),
  ]),
]
