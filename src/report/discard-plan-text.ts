import type { DiscardLane, DiscardPlan } from '../core/discard-plan.js'
import { plannedOriginals } from '../core/planned-originals.js'
import { formatBytes, formatCount, formatDuration } from '../core/quantity.js'
import { item, table } from './layout.js'
import type { PlanView } from './plan-text.js'
import { instant } from './plan-text-instant.js'
import { runItLines } from './plan-text-run-it.js'
import { refusalLines, warningLines } from './plan-text-trouble.js'
import { stepLines } from './steps-text.js'

/**
 * The plan of a discard as text of 80 columns, in the order of a drain's: what goes, how old it is, what keeps it, what it frees and whom else it
 * touches; what forbids or endangers it; the steps; lane by lane; last, the command that runs it.
 */
export const describeDiscard = (plan: DiscardPlan, view: PlanView = {}): string => {
  const zone = view.zone ?? localZone()
  const blocks = [
    summary(plan, zone),
    refusalLines(plan),
    affected(plan),
    warningLines(plan),
    stepLines(plan.steps),
    lanes(plan),
    stopping(plan),
    runItLines(plan, view.command),
  ]
  return `${blocks
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

const summary = (plan: DiscardPlan, zone: string): string[] => [
  `PLAN ${plan.run}, drawn ${instant(plan.plannedAt, zone)}`,
  '',
  ...item('', sentence(plan, zone)),
  ...item('Oldest     ', aged(edge(plan.lanes, 'first'), plan, zone)),
  ...item('Newest     ', aged(edge(plan.lanes, 'last'), plan, zone)),
  ...item('Kept       ', kept(plan)),
  ...item('Disk       ', `${plan.expect.frees}.`),
  ...item('Twice      ', `${plan.duplicatesAtMost}.`),
  `ORIGINALS: ${plannedOriginals(plan)}`,
]

const sentence = (plan: DiscardPlan, zone: string): string => {
  const { expect, topic, group } = plan
  const of = group === undefined ? topic : `${topic} (group ${group})`
  if (expect.messages === 0n) return `Nothing to let go of ${of}: ${scope(plan, zone)}, there is nothing.`
  const most = expect.messagesIsUpperBound ? 'up to ' : ''
  const size = expect.bytes > 0n ? ` (about ${formatBytes(expect.bytes)})` : ''
  const limit =
    plan.maxMessages === undefined ? '' : `, but no more than ${formatCount(plan.maxMessages)} from the front`
  return `LET GO of ${most}${formatCount(expect.messages)} messages${size} of ${of}: ${scope(plan, zone)}${limit}.`
}

const scope = ({ scope: asked }: DiscardPlan, zone: string): string => {
  switch (asked.kind) {
    case 'all':
      return 'all that is there now'
    case 'older-than':
      return `what is older than ${asked.age}, which is before ${instant(asked.before, zone)}`
    case 'until':
      return `what is from before ${instant(asked.before, zone)}`
    default:
      return asked satisfies never
  }
}

/** What is asked before it is let go: how many, and from when to when, in two zones. */
export const discardQuestion = (plan: DiscardPlan, zone = localZone()): string => {
  const { expect, lanes: all, topic, archive } = plan
  const most = expect.messagesIsUpperBound ? 'up to ' : ''
  const [first, last] = [edge(all, 'first'), edge(all, 'last')].map(at => at && instant(at, zone))
  const when = first === undefined && last === undefined ? '' : `, of ${first ?? 'unknown'} to ${last ?? 'unknown'}`
  return `Let ${most}${formatCount(expect.messages)} messages of ${topic} go${when}${archive === undefined ? ', keeping none of them' : ''}?`
}

const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The oldest first, or the newest last, of all lanes of which something goes; undefined where one of them does not say. */
const edge = (lanes: readonly DiscardLane[], which: 'first' | 'last'): string | undefined => {
  const times = lanes.filter(({ messages }) => messages > 0n).map(lane => lane[which])
  if (times.some(each => each === undefined)) return undefined
  return times.sort().at(which === 'first' ? 0 : -1)
}

const aged = (at: string | undefined, { plannedAt, expect, system }: DiscardPlan, zone: string): string => {
  if (expect.messages === 0n) return '-'
  if (at === undefined)
    return system === 'kafka' ? 'unknown: not every message says when it was sent.' : 'unknown until it is read.'
  const seconds = (Date.parse(plannedAt) - Date.parse(at)) / 1000
  return `${instant(at, zone)}, ${seconds < 0 ? 'which is in the future' : `${formatDuration(seconds)} ago`}`
}

const kept = ({ archive }: DiscardPlan): string =>
  archive === undefined
    ? 'NOTHING. What goes is gone for good (--no-archive).'
    : `in ${archive.folder}: about ${formatBytes(archive.needBytes)}, ${formatBytes(archive.freeBytes)} are free there; it holds rather than leave less than ${formatBytes(archive.floorBytes)}.`

const affected = ({ affected: others }: DiscardPlan): string[] =>
  others.length === 0 ? [] : ['WHOM ELSE IT TOUCHES', ...others.flatMap(each => item('  - ', each))]

const lanes = ({ system, lanes: all }: DiscardPlan): string[] =>
  system === 'rabbitmq' || all.length === 0
    ? []
    : [
        'WHAT GOES',
        ...table([
          ['partition', 'from', 'up to', 'messages'],
          ...all.map(({ lane, from, to, messages }) => [lane, from, to, formatCount(messages)]),
        ]),
      ]

const stopping = ({ stopCommands }: DiscardPlan): string[] =>
  stopCommands.length === 0
    ? []
    : ['TO STOP THE CONSUMERS (whichever applies, with your own names)', ...stopCommands.map(command => `  ${command}`)]
