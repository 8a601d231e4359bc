import type { FanoutPlan } from '../core/fanout-plan.js'
import { plannedOriginals } from '../core/planned-originals.js'
import { formatBytes, formatCount } from '../core/quantity.js'
import { item, table } from './layout.js'
import type { PlanView } from './plan-text.js'
import { instant } from './plan-text-instant.js'
import { runItLines } from './plan-text-run-it.js'
import { count, refusalLines, warningLines } from './plan-text-trouble.js'
import { stepLines } from './steps-text.js'

/** What the text of a fan-out's plan is told beside the plan. */
export type FanoutView = PlanView & { readonly takes?: string }

/**
 * The plan of a fan-out as text of 80 columns, in the order of a drain's: what will happen, how long it takes, what the originals do; what
 * forbids or endangers it; the steps with their undo; where the originals start; last, the command that runs it.
 */
export const describeFanout = (plan: FanoutPlan, view: FanoutView = {}): string => {
  const zone = view.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const blocks = [
    summary(plan, zone, view.takes),
    refusalLines(plan),
    warningLines(plan),
    stepLines(plan.steps),
    ends(plan),
    stopping(plan),
    runItLines(plan, view.command),
  ]
  return `${blocks
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

const summary = (plan: FanoutPlan, zone: string, takes: string | undefined): string[] => [
  `PLAN ${plan.run}, drawn ${instant(plan.plannedAt, zone)}`,
  '',
  ...item('', sentence(plan)),
  ...(takes === undefined ? [] : item('Takes      ', takes)),
  ...item('Twice      ', `${plan.duplicatesAtMost}.`),
  ...item('Undo       ', 'none: what is handled is handled.'),
  `ORIGINALS: ${plannedOriginals(plan)}`,
]

const ORDERS: Readonly<Record<FanoutPlan['order'], string>> = {
  key: 'in the order of each key',
  lane: 'in the order of each lane',
  none: 'in no order',
}

const sentence = (plan: FanoutPlan): string => {
  const { expect, topic, lanes, target, order, workers, concurrency } = plan
  const from =
    plan.reads === 'lanes'
      ? `the ${count(lanes.length, 'lane')} of ${topic}`
      : `${topic} itself (${plan.system === 'kafka' ? `${count(lanes.length, 'partition')}, group ${plan.group}` : 'the queue as it is now'})`
  if (expect.messages === 0n) return `Nothing to hand on: ${from} has nothing unread. The handler would be ${target}.`
  const size = expect.bytes > 0n ? ` (about ${formatBytes(expect.bytes)})` : ''
  return `Hand up to ${formatCount(expect.messages)} messages${size} of ${from} to ${target}: ${formatCount(workers)} x ${formatCount(concurrency)} at once, ${ORDERS[order]}, at least once.`
}

/** Where the originals of a topic start: at these marks, each in a group of its own, or in theirs once the run is complete. */
const ends = ({ reads, system, lanes }: FanoutPlan): string[] =>
  reads === 'lanes' || system === 'rabbitmq' || lanes.length === 0
    ? []
    : [
        'WHERE THE ORIGINALS START',
        ...table([
          ['partition', 'backlog from', 'originals from'],
          ...lanes.map(each => [each.lane, each.from, each.to]),
        ]),
      ]

const stopping = ({ reads, stopCommands }: FanoutPlan): string[] =>
  reads === 'lanes' || stopCommands.length === 0
    ? []
    : ['TO STOP THE CONSUMERS (whichever applies, with your own names)', ...stopCommands.map(command => `  ${command}`)]
