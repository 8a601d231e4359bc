import { parseDuration } from '../core/duration.js'
import type { RowsAsked } from '../core/rows-asked.js'
import { UserError } from '../errors.js'
import type { Problems } from './problems.js'

/** The flags that say which rows. */
export type RowsFlags = {
  table?: string
  query?: string
  key?: string
  time?: string
  map?: string
  grace?: string
  rescan?: string
  statementTimeout?: string
}

type Window = { readonly from?: Date | undefined; readonly to?: Date | undefined; readonly zone?: string }

const GRACE_MS = 60_000
const RESCAN_MS = 15 * 60_000

/** Which rows of a database; undefined where something is missing, which is added to the problems. */
export function rowsAsked(flags: RowsFlags, window: Window, problems: Problems): RowsAsked | undefined {
  const { table, query, key, time } = flags
  const { from, to, zone } = window
  problems.exclusive({ '--table': table, '--query': query })
  if (!table && !query) problems.add('--table', 'is missing', 'Name the table of the rows, or give a --query.')
  const needed = { '--key': key, '--time': time, '--from': from, '--to-time': to }
  for (const [flag, value] of Object.entries(needed))
    if (value === undefined || value === '')
      problems.add(flag, 'is missing: rows are read by time and key', HINTS[flag] ?? '')
  if (!(table || query) || !key || !time || from === undefined || to === undefined) return undefined
  const of = table ? { table } : { query: query ?? '' }
  return {
    of,
    key,
    time,
    from: from.toISOString(),
    to: to.toISOString(),
    ...(zone === undefined || zone === 'UTC' ? {} : { zone }),
  }
}

/** The rows of a file; undefined where something is missing, which is added to the problems. Without a time they go in its order, all of them. */
export function fileAsked(flags: RowsFlags, window: FileWindow, problems: Problems): RowsAsked | undefined {
  const { key, time } = flags
  const { path, from, to, zone } = window
  if (flags.table !== undefined) problems.add('--table', 'is for a database', 'A file is the table: leave it away.')
  if (flags.query !== undefined) problems.add('--query', 'is for a database', 'A file has rows of its own.')
  if (!key) problems.add('--key', 'is missing', HINTS['--key'] ?? '')
  const isOpen = from === undefined || to === undefined
  if (isOpen && (from ?? to) !== undefined)
    problems.add(
      from === undefined ? '--from' : '--to-time',
      'is missing: a window has two ends',
      'Give both, or none.',
    )
  if (!time && !isOpen) problems.add('--time', 'is missing: the window is of times', HINTS['--time'] ?? '')
  if (!key) return undefined
  return {
    of: { table: path.split('/').at(-1) ?? path },
    key,
    time: time ?? '',
    from: from?.toISOString() ?? '',
    to: to?.toISOString() ?? '',
    ...(zone === undefined || zone === 'UTC' ? {} : { zone }),
  }
}

type FileWindow = Window & { readonly path: string }

/** The same with what meets late commits, by default a minute of grace and a second look at a quarter of an hour. */
export function withLateness(rows: RowsAsked, { grace, rescan }: RowsFlags, problems: Problems): RowsAsked {
  const graceMs = problems.read('--grace', grace, durationOrNone) ?? GRACE_MS
  const rescanMs = problems.read('--rescan', rescan, durationOrNone) ?? RESCAN_MS
  return { ...rows, graceMs, rescanMs }
}

/** The same, up to now where it would end later: what is still to come cannot be sent. Not of nights, which are to be whole. */
export function upTo(now: Date, rows: RowsAsked): RowsAsked {
  const at = now.toISOString()
  return rows.to > at && rows.from < at ? { ...rows, to: at, toAsked: rows.to } : rows
}

/** `--statement-timeout` in milliseconds; undefined where it was not given. */
export function statementMs({ statementTimeout }: RowsFlags, problems: Problems): number | undefined {
  const milliseconds = problems.read('--statement-timeout', statementTimeout, parseDuration)
  if (milliseconds === undefined || (milliseconds >= 100 && milliseconds <= MOST_MS)) return milliseconds
  problems.add('--statement-timeout', 'is not between 100ms and 1h', 'A page that takes longer is tried smaller: 30s.')
  return undefined
}

const MOST_MS = 3_600_000

const durationOrNone = (text: string): number => {
  const milliseconds = text === '0' ? 0 : parseDuration(text)
  if (milliseconds <= DAY_MS) return milliseconds
  throw new UserError(`${text} is more than a day`, { hint: 'Give a part of a day: 60s, 15m, 2h.' })
}

const DAY_MS = 86_400_000

const HINTS: Readonly<Record<string, string>> = {
  '--key': 'Name a column that no two rows have in common: --key id.',
  '--time': 'Name the column of the time: --time created_at.',
  '--from': 'Say from when on: --from 2026-01-31T08:00.',
  '--to-time': 'Say before when: --to-time 2026-01-31T09:00.',
}

/** Only rows have columns; those that a run has parked are mapped anew. */
export function refuseColumns(flags: RowsFlags, of: { readonly kind: string }, problems: Problems): void {
  const { table, query, key, time, map, grace, rescan, statementTimeout } = flags
  const columns = {
    '--table': table,
    '--query': query,
    '--key': key,
    '--time': time,
    '--map': of.kind === 'parked' ? undefined : map,
  }
  const reading = { '--grace': grace, '--rescan': rescan, '--statement-timeout': statementTimeout }
  for (const [flag, value] of Object.entries({ ...columns, ...reading }))
    if (value !== undefined)
      problems.add(flag, 'is for rows of a database', 'Leave it away; --only-key chooses by key.')
}
