import type { KafkaPlan } from '../core/plan.js'
import { plannedOriginals } from '../core/planned-originals.js'
import { formatBytes, formatCount } from '../core/quantity.js'
import { item } from './layout.js'
import { commandLines } from './plan-text-command.js'
import { instant } from './plan-text-instant.js'
import { rights, room, stopping } from './plan-text-needs.js'
import { copyInWords, meanwhileInWords } from './plan-text-time.js'
import { refusalLines, warningLines } from './plan-text-trouble.js'

/** How to show a plan. `command` is what to type to run it; without it, it is made from the plan. */
export type PlanView = {
  /** IANA zone for local times beside UTC; the machine's unless given. */
  readonly zone?: string
  readonly command?: string
}

/**
 * A plan as text of 80 columns, without colours, to be read in a minute: what will happen, how long it takes, what the
 * originals do; what forbids or endangers it; the steps with their undo; what it needs; last, the command that runs it.
 */
export const describePlan = (plan: KafkaPlan, view: PlanView = {}): string => {
  const zone = view.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const blocks = [
    summary(plan, zone),
    refusalLines(plan),
    warningLines(plan),
    steps(plan, zone),
    stopping(plan),
    room(plan),
    rights(plan),
    commandLines(plan, view.command),
  ]
  return `${blocks
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

const summary = (plan: KafkaPlan, zone: string): string[] => [
  `PLAN ${plan.run}, drawn ${instant(plan.plannedAt, zone)}`,
  '',
  ...item('', sentence(plan)),
  ...item('Takes      ', copyInWords(plan, ENDS)),
  ...item('Meanwhile  ', meanwhileInWords(plan, plan.sourceTopic)),
  ...item('Twice      ', `${plan.duplicatesAtMost}.`),
  ...item('Undo       ', `possible until ${undoUntil(plan, zone)}`),
  `ORIGINALS: ${plannedOriginals(plan)}`,
]

const sentence = ({ expect, first, ...plan }: KafkaPlan): string => {
  const lanes = `${formatCount(plan.targetLanes)} lanes (${formatCount(plan.targetLanes / plan.factor)} partitions x ${formatCount(plan.factor)})`
  const order = plan.order === 'key' ? 'in key order' : 'in no order (round robin)'
  const once = plan.guarantee === 'transactions' ? 'exactly once' : 'once, by counting'
  if (expect.messages === 0n)
    return `Nothing to copy: ${plan.group} has read ${plan.sourceTopic} to its end. It would create ${plan.targetTopic} with ${lanes}.`
  const most = expect.messagesIsUpperBound ? 'up to ' : ''
  const canary = first === undefined ? '' : `, but stop after the first ${formatCount(first)} (canary)`
  return `Copy ${most}${formatCount(expect.messages)} messages (about ${formatBytes(expect.bytes)}), the backlog of ${plan.group} on ${plan.sourceTopic}, into the temporary topic ${plan.targetTopic} with ${lanes}, ${once}, ${order}${canary}.`
}

const ENDS: Readonly<Record<KafkaPlan['until'], string>> = {
  now: 'up to the ends of now',
  'caught-up': 'until it has caught up with the tail',
  'lanes-empty': 'until it has caught up with the tail; it goes on until the lanes are worked off',
}

const undoUntil = ({ undoPossibleUntil: words, undoPossibleUntilAt: at }: KafkaPlan, zone: string): string =>
  at === undefined ? words : `about ${instant(at, zone)}: ${words.slice(words.indexOf(': ') + 2)}`

const steps = ({ steps: all, ...plan }: KafkaPlan, zone: string): string[] => [
  'STEPS',
  ...all.flatMap(({ title, undo, undoUntil: until }, index) => [
    ...item(`${String(index + 1).padStart(3)}. `, title),
    ...(undo === '' ? [] : item('     undo: ', until === '' ? undo : `${undo} (${local(until, plan, zone)})`)),
  ]),
]

// A step quotes the plan's instant in UTC; the reader gets it in both zones.
const local = (
  text: string,
  plan: Pick<KafkaPlan, 'undoPossibleUntil' | 'undoPossibleUntilAt'>,
  zone: string,
): string =>
  plan.undoPossibleUntilAt === undefined
    ? text
    : text.replace(plan.undoPossibleUntil, `about ${instant(plan.undoPossibleUntilAt, zone)}`)
