import { formatCount, formatDuration } from '../../core/quantity.js'
import type { RowsAsked } from '../../core/rows-asked.js'
import { WallClock } from '../../core/wall-clock.js'
import type { DrainRefusal } from '../../drain/refusals.js'
import type { RowsLook } from '../../replay/rows/ports.js'

/** What the operator should know of rows before they are sent; the gravest first. Pure. */
export const rowsWarnings = (look: RowsLook, asked: RowsAsked): string[] => [
  ...(asked.time === '' || look.server === undefined ? [] : [MOVING]),
  ...upToNow(asked),
  ...(look.notes ?? []),
  ...(look.count === undefined ? ['Counting the rows takes longer than 5 s: their number is unknown'] : []),
  ...unindexed(look, asked),
  ...walls(look, asked),
  ...reads(look),
]

const MOVING =
  'A row that is updated between its plan and its page goes as it is then; one that is deleted meanwhile does not go'

const upToNow = ({ to, toAsked }: RowsAsked): string[] =>
  toAsked === undefined
    ? []
    : [`The window ends at ${toAsked}, which is still to come: rows from before ${to} go, later ones do not`]

/** What a dry run says of a run that would hold. */
export const graceWarning = (readable: number, now: Date): string[] =>
  readable > now.getTime()
    ? [`Rows may still be committed into the window: a run holds until ${new Date(readable).toISOString()} (--grace)`]
    : []

const unindexed = ({ indexed }: RowsLook, { of, time, key }: RowsAsked): string[] =>
  indexed !== false
    ? []
    : [
        `No index of ${'table' in of ? of.table : 'the rows'} begins with ${time}: each page reads the whole table. An index on (${time}, ${key}) helps`,
      ]

/** Times without a zone, and the nights in which clocks go back or forward. */
function walls({ columns }: RowsLook, { time, zone = 'UTC', from, to }: RowsAsked): string[] {
  const kind = columns.find(({ name }) => name === time)?.kind
  if (kind !== 'wall' && kind !== 'date') return []
  const [start, end] = [Date.parse(from), Date.parse(to)]
  const changes =
    Number.isNaN(start) || Number.isNaN(end) ? [] : new WallClock(zone).changes(start - HOUR_MS, end + HOUR_MS)
  return [
    `Times in ${time} have no zone: they are read in ${zone} (--tz)`,
    ...changes.map(({ at, before, after }) => {
      const [low, high] = [Math.min(before, after), Math.max(before, after)].map(each => clock(at + each))
      return before > after
        ? `The clocks in ${zone} were put back at ${instant(at)}: times from ${low} to ${high} come twice, and rows that have one count as of the first time`
        : `The clocks in ${zone} were put forward at ${instant(at)}: times from ${low} to ${high} never were, and rows that have one count as of that moment`
    }),
  ]
}

const HOUR_MS = 3_600_000
const instant = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')
const clock = (wall: number): string => new Date(wall).toISOString().slice(11, 16)

const reads = ({ server, lagMs }: RowsLook): string[] => {
  if (server === undefined || (!server.replica && !server.chosen)) return []
  if (!server.replica) return [`${server.host} is read, which is no replica: none of the others fits, or answers`]
  const behind = lagMs === undefined ? '' : `, ${formatDuration(lagMs / 1000)} behind`
  return [`${server.host} is read, a replica${behind}: what it has not replayed yet is waited for`]
}

/** What speaks against sending these rows now. Pure. */
export const rowsRefusals = (look: RowsLook, asked: RowsAsked, now: Date): DrainRefusal[] => [
  ...notOver(asked, now.getTime()),
  ...keyless(asked, look.withoutKey),
]

function notOver({ to }: RowsAsked, now: number): DrainRefusal[] {
  if (!(Date.parse(to) > now)) return []
  const message = `The window ends at ${to}, which is still to come: rows would come into it while it is read`
  const hint = 'Give an earlier --to-time, or wait: --wait 10m looks again until it is over.'
  return [{ code: 'not-over', message, hint, mayClear: true }]
}

/** When rows may be read, by the clock of this machine: once the window has been over for the grace by it, and by the server's. Milliseconds since the epoch. */
export function readableFrom(
  { to, graceMs = 0 }: RowsAsked,
  { now: there }: Pick<RowsLook, 'now'>,
  here: Date,
): number {
  const behind = there === undefined ? 0 : Math.max(0, here.getTime() - there)
  return Date.parse(to) + graceMs + behind
}

const keyless = ({ key }: RowsAsked, withoutKey: bigint): DrainRefusal[] =>
  withoutKey === 0n
    ? []
    : [
        {
          code: 'no-key',
          message: `${formatCount(withoutKey)} rows of the window have no ${key}: no page would have them`,
          hint: `Give another --key, or leave them out: --query "SELECT … WHERE ${key} IS NOT NULL".`,
          mayClear: false,
        },
      ]
