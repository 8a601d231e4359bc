import { asDatabase, parseRows, parseRowsOrName, type RowsPlace } from '../core/address/rows.js'
import { parseRunAddress } from '../core/address/run.js'
import type { Place } from '../core/address.js'
import { parseCount } from '../core/count.js'
import { defined } from '../core/defined.js'
import { parseZone } from '../core/instant.js'
import { parseRate } from '../core/rate-text.js'
import type { RowsAsked } from '../core/rows-asked.js'
import { Bug, UserError } from '../errors.js'
import { parseDeadLetters, parseTarget } from './addresses.js'
import { type GaugeFlags, gaugesAsked } from './gauge-flags.js'
import type { MissingGiven } from './missing-asked.js'
import { type MissingFlags, missingAsked } from './missing-flags.js'
import { bordersAsked, type NightFlags, todayOf, windowAsked } from './night-flags.js'
import type { Problems } from './problems.js'
import type { ReplayOf } from './replay-of.js'
import type { ReplayRequest } from './requests.js'
import { fileAsked, type RowsFlags, refuseColumns, rowsAsked, statementMs, upTo, withLateness } from './rows-flags.js'
import { againOf } from './run-argument.js'
import type { Given } from './verb.js'

/** What commander hands over for `replay`. */
export type ReplayFlags = RowsFlags & {
  to?: string
  from?: string
  toTime?: string
  since?: string
  before?: string
  tz?: string
  onlyKey?: readonly string[]
  onlyId?: readonly string[]
  ids?: string
  sample?: string
  noTransaction?: boolean
  consumersStopped?: boolean
  provenance?: boolean
  maxReplays?: string
  rate?: string
  source?: string
  target?: string
  management?: string
} & NightFlags &
  GaugeFlags &
  MissingFlags

const MAX_REPLAYS = 3

/** Throws a UserError with every problem of the command line; `now` is what `yesterday` is told from. */
export const replayRequest = (
  { args, flags, common, problems }: Given<ReplayFlags>,
  now: Date = new Date(),
): ReplayRequest => {
  const of = problems.read('FROM', args[0], text => parseOf(text, flags))
  const to = problems.read('--to', flags.to, parseTo)
  const zone = problems.read('--tz', flags.tz, parseZone) ?? 'UTC'
  const again = againOf(flags, problems)
  const window = windowAsked(flags, zone, problems)
  const borders = bordersAsked(flags, { date: todayOf(window, zone, now), zone }, problems)
  const { from, to: until } = borders
  const chosen = filterOf(flags, problems)
  const isNightly = window !== undefined || borders.typed !== undefined
  const rows =
    of?.kind === 'rows'
      ? rowsOf(flags, { place: of.place, from, to: until, zone, now: isNightly ? undefined : now }, problems)
      : undefined
  if (of !== undefined && of.kind !== 'rows') refuseColumns(flags, of, problems)
  const hasKeys = of?.kind !== 'dead-letters' && !(of?.kind === 'parked' && flags.map !== undefined)
  const missing = missingAsked(flags, { hasKeys }, problems)
  const limit = statementMs(flags, problems)
  const filter = rows === undefined ? { ...chosen, ...defined({ from, to: until }) } : chosen
  const optional = defined({
    window,
    typed: borders.typed,
    gauges: gaugesAsked(
      flags,
      { hasRows: of?.kind === 'rows' && asDatabase(of.place) !== undefined, toOrigin: to === 'origin' },
      problems,
    ),
    carryOver: flags.carryOver,
    repeat: flags.again,
    sample: problems.read('--sample', flags.sample, parseCount),
    rate: problems.read('--rate', flags.rate, parseRate),
    management: again.management,
    again: again.source === undefined && again.database === undefined && again.target === undefined ? undefined : again,
  })
  const maxReplays = problems.read('--max-replays', flags.maxReplays, parseCount) ?? MAX_REPLAYS
  const shared = {
    ...common,
    ...optional,
    filter,
    zone,
    transactions: flags.noTransaction !== true,
    consumersStopped: flags.consumersStopped ?? false,
    ...defined({ provenance: flags.provenance }),
    maxReplays,
  }
  return {
    ...shared,
    of: withRows(problems.finish('FROM', of), rows, {
      map: flags.map,
      missing,
      statementMs: limit,
    }),
    // What is only looked at goes nowhere.
    to: problems.finish('--to', to ?? (flags.sample === undefined ? undefined : 'origin')),
  }
}

type Rows = { readonly kind: 'rows'; readonly place: RowsPlace }

/** Of what is named in the settings only the flags tell that it is a database. */
const parseOf = (text: string, { table, query }: RowsFlags): Exclude<ReplayOf, { kind: 'rows' }> | Rows => {
  const run = parseRunAddress(text)
  if (run !== undefined) return run
  const place = table === undefined && query === undefined ? parseRows(text) : parseRowsOrName(text)
  if (place !== undefined) return { kind: 'rows', place }
  return { kind: 'dead-letters', place: parseDeadLetters(text) }
}

type Where = {
  readonly place: RowsPlace
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  readonly zone: string
  /** Rows after it are still to come. */
  readonly now: Date | undefined
}

/** A file changes no more while it is read: nothing is committed late there. */
function rowsOf(flags: RowsFlags, { place, now, ...window }: Where, problems: Problems): RowsAsked | undefined {
  const { address } = place
  if (address.kind === 'file') return fileAsked(flags, { ...window, path: address.path }, problems)
  const rows = rowsAsked(flags, window, problems)
  if (rows === undefined) return undefined
  return withLateness(now === undefined ? rows : upTo(now, rows), flags, problems)
}

type More = {
  readonly map: string | undefined
  readonly missing: MissingGiven | undefined
  readonly statementMs: number | undefined
}

function withRows(of: ReturnType<typeof parseOf>, rows: RowsAsked | undefined, more: More): ReplayOf {
  if (of.kind === 'dead-letters') return of
  if (of.kind === 'parked') return { ...of, ...defined({ map: more.map, missing: more.missing }) }
  if (of.kind === 'archive') return { ...of, ...defined({ missing: more.missing }) }
  if (rows === undefined) throw new Bug('Rows were asked for without their columns')
  return { kind: 'rows', place: of.place, rows, ...defined(more) }
}

const parseTo = (text: string): 'origin' | Place => {
  if (text === 'origin') return 'origin'
  if (parseRunAddress(text) === undefined) return parseTarget(text)
  throw new UserError(`${text} is no place to send to`, {
    hint: 'Write kafka://host:9092/TOPIC, amqp://host/VHOST/QUEUE, or origin.',
  })
}

function filterOf(flags: ReplayFlags, problems: Problems): Omit<ReplayRequest['filter'], 'from' | 'to'> {
  const idsFile = problems.read('--ids', flags.ids, fileOf)
  return defined({ keys: flags.onlyKey, ids: flags.onlyId, idsFile })
}

const fileOf = (text: string): string => {
  const path = text.startsWith('file:') ? text.slice('file:'.length) : text
  if (path !== '') return path
  throw new UserError('file: names no file', { hint: 'Write --ids file:PATH, with an id a line.' })
}
