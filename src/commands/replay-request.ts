import { type DatabasePlace, parseDatabase } from '../core/address/database.js'
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
import { bordersAsked, type NightFlags, todayOf, windowAsked } from './night-flags.js'
import type { Problems } from './problems.js'
import type { ReplayOf, ReplayRequest } from './requests.js'
import { refuseColumns, rowsAsked } from './rows-flags.js'
import { againOf } from './run-argument.js'
import type { Given } from './verb.js'

/** What commander hands over for `replay`. */
export type ReplayFlags = {
  to?: string
  from?: string
  toTime?: string
  since?: string
  before?: string
  tz?: string
  table?: string
  query?: string
  key?: string
  map?: string
  time?: string
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
  GaugeFlags

const MAX_REPLAYS = 3

/** Throws a UserError with every problem of the command line; `now` is what `yesterday` is told from. */
export const replayRequest = (
  { args, flags, common, problems }: Given<ReplayFlags>,
  now: Date = new Date(),
): ReplayRequest => {
  const of = problems.read('FROM', args[0], parseOf)
  const to = problems.read('--to', flags.to, parseTo)
  const zone = problems.read('--tz', flags.tz, parseZone) ?? 'UTC'
  const again = againOf(flags, problems)
  const window = windowAsked(flags, zone, problems)
  const borders = bordersAsked(flags, { date: todayOf(window, zone, now), zone }, problems)
  const { from, to: until } = borders
  const chosen = filterOf(flags, problems)
  const rows = of?.kind === 'database' ? rowsAsked(flags, { from, to: until }, problems) : undefined
  if (of !== undefined && of.kind !== 'database') refuseColumns(flags, problems)
  const filter = rows === undefined ? { ...chosen, ...defined({ from, to: until }) } : chosen
  const optional = defined({
    window,
    typed: borders.typed,
    gauges: gaugesAsked(flags, { hasRows: of?.kind === 'database', toOrigin: to === 'origin' }, problems),
    carryOver: flags.carryOver,
    repeat: flags.again,
    sample: problems.read('--sample', flags.sample, parseCount),
    rate: problems.read('--rate', flags.rate, parseRate),
    management: again.management,
    again: again.source === undefined && again.target === undefined ? undefined : again,
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
    of: withRows(problems.finish('FROM', of), rows, flags.map),
    // What is only looked at goes nowhere.
    to: problems.finish('--to', to ?? (flags.sample === undefined ? undefined : 'origin')),
  }
}

type Database = { readonly kind: 'database'; readonly place: DatabasePlace }

const parseOf = (text: string): Exclude<ReplayOf, { kind: 'rows' }> | Database => {
  const run = parseRunAddress(text)
  if (run !== undefined) return run
  const place = parseDatabase(text)
  if (place !== undefined) return { kind: 'database', place }
  return { kind: 'dead-letters', place: parseDeadLetters(text) }
}

function withRows(of: ReturnType<typeof parseOf>, rows: RowsAsked | undefined, map: string | undefined): ReplayOf {
  if (of.kind !== 'database') return of
  if (rows === undefined) throw new Bug('Rows were asked for without their columns')
  return { kind: 'rows', place: of.place, rows, ...defined({ map }) }
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
