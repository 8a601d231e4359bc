import { plannedOriginals } from '../core/planned-originals.js'
import { formatBytes, formatCount } from '../core/quantity.js'
import type { ReplayFilter, ReplayPlan } from '../core/replay-plan.js'
import { item } from './layout.js'
import type { PlanView } from './plan-text.js'
import { instant } from './plan-text-instant.js'
import { runItLines } from './plan-text-run-it.js'
import { refusalLines, warningLines } from './plan-text-trouble.js'
import { nightLines } from './replay-plan-text-night.js'
import { stepLines } from './steps-text.js'

/**
 * The plan of a replay as text of 80 columns: what is sent again, where to and how often at most; what forbids or endangers it; the steps; last,
 * the command that runs it.
 */
export const describeReplay = (plan: ReplayPlan, view: PlanView = {}): string => {
  const zone = view.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const blocks = [
    summary(plan, zone),
    refusalLines(plan),
    warningLines(plan),
    stepLines(plan.steps),
    runItLines(plan, view.command),
  ]
  return `${blocks
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

const summary = (plan: ReplayPlan, zone: string): string[] => [
  `PLAN ${plan.run}, drawn ${instant(plan.plannedAt, zone)}`,
  '',
  ...item('', sentence(plan)),
  ...rowsOf(plan, zone).flatMap(each => item('Rows       ', each)),
  ...chosen(plan.filter, zone).flatMap(each => item('Only       ', each)),
  ...nightLines(plan),
  ...item('How        ', HOW[plan.guarantee]),
  ...item('Headers    ', headers(plan)),
  ...item('Twice      ', `${plan.duplicatesAtMost}.`),
  ...item('Undo       ', 'none: what is sent is sent.'),
  `ORIGINALS: ${plannedOriginals(plan)}`,
]

const rowsOf = ({ from }: ReplayPlan, zone: string): string[] => {
  if (from.kind !== 'rows') return []
  const { of, time, from: start, to } = from.rows
  const mapped = from.map === undefined ? [] : [`mapped by ${from.map.file} (${from.map.digest.slice(0, 19)})`]
  const what = 'table' in of ? of.table : of.query
  if (start === '' || to === '')
    return [what, time === '' ? 'all, in the order of the file' : `all, by ${time}`, ...mapped]
  return [what, `${time} from ${instant(start, zone)} on`, `${time} before ${instant(to, zone)}`, ...mapped]
}

const sentence = ({ expect, source, target, place, from }: ReplayPlan): string => {
  const where = from.kind === 'dead-letters' ? '' : ` (${place})`
  const to = target === 'origin' ? `each back to where it came from${where}` : `to ${target}`
  if (expect.messages === 0n) return `Nothing to send: ${source} has nothing of what was asked for. It would go ${to}.`
  if (expect.messagesIsUnknown === true) return `Send an unknown number of messages of ${source} again, ${to}.`
  const most = expect.messagesIsUpperBound ? 'up to ' : ''
  const size = expect.bytes > 0n ? ` (about ${formatBytes(expect.bytes)})` : ''
  return `Send ${most}${formatCount(expect.messages)} messages${size} of ${source} again, ${to}.`
}

const HOW: Readonly<Record<ReplayPlan['guarantee'], string>> = {
  transactions:
    'in transactions that hold the position, so each message is there once for readers that are read_committed.',
  idempotent: 'by an idempotent producer, with the position in the journal.',
  confirms: 'with publisher confirms and mandatory, with the position in the journal.',
}

const chosen = (filter: ReplayFilter | undefined, zone: string): string[] => [
  ...(filter?.from === undefined ? [] : [`from ${instant(filter.from, zone)} on`]),
  ...(filter?.to === undefined ? [] : [`before ${instant(filter.to, zone)}`]),
  ...(filter?.keys === undefined ? [] : [listed('key', filter.keys)]),
  ...(filter?.ids === undefined ? [] : [listed('id', filter.ids)]),
]

const SHOWN = 3

/** `key a`, `keys a, b`, or how many there are. */
const listed = (what: string, all: readonly string[]): string =>
  all.length > SHOWN ? `${formatCount(all.length)} ${what}s` : `${what}${all.length === 1 ? '' : 's'} ${all.join(', ')}`

const headers = ({ provenance, maxReplays }: ReplayPlan): string =>
  `${provenance ? 'x-replay-run and x-replay-count are added' : 'none is added'}; what was replayed ${formatCount(maxReplays)} times already is parked.`
