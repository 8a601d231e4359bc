import type { IdsAddress } from '../core/address/ids.js'
import { defined } from '../core/defined.js'
import { parseZone } from '../core/instant.js'
import { parseSeenId, type SeenId } from '../core/seen-id.js'
import { parseTimeIn } from '../core/wall-time.js'
import type { Problems } from './problems.js'
import { expectedSide, seenSide } from './reconcile-sides.js'
import type { Common } from './requests.js'
import type { Given } from './verb.js'

/** What commander hands over for `reconcile`. */
export type ReconcileFlags = {
  expected?: string
  seen?: readonly string[]
  seenId?: string
  table?: string
  query?: string
  key?: string
  time?: string
  from?: string
  toTime?: string
  since?: string
  before?: string
  tz?: string
  save?: string
  temp?: string
  management?: string
}

export type ReconcileRequest = Common & {
  readonly expected: IdsAddress
  /** Of an expected database: its SELECT, in the place of a table. */
  readonly query?: string
  /** At least one; an id is seen if any has it. */
  readonly seen: readonly IdsAddress[]
  readonly seenId: SeenId
  /** Column of the id on the expected side. */
  readonly key?: string
  /** Column of the time on the expected side. */
  readonly time?: string
  /** Half-open range of that time. */
  readonly range: { readonly from?: Date; readonly to?: Date }
  /** IANA zone of times that do not say theirs. */
  readonly zone: string
  /** File of the missing ids; absent: one in the home. */
  readonly save?: string
  /** Folder of the work files; absent: in the home. */
  readonly temporary?: string
  /** Base URL of the management API, where a queue is read. */
  readonly management?: string
}

/** Throws a UserError with every problem of the command line. */
export const reconcileRequest = ({ args, flags, common, problems }: Given<ReconcileFlags>): ReconcileRequest => {
  for (const arg of args)
    problems.add('argument', `"${arg}" is one too many`, 'Both sides are named by --expected and --seen.')
  const expected = expectedSide(flags.expected, flags, problems)
  const seen = (flags.seen ?? []).flatMap(text => seenSide(text, problems) ?? [])
  const zone = problems.read('--tz', flags.tz, parseZone) ?? 'UTC'
  const range = rangeOf(flags, zone, problems)
  if (!hasTime(expected, flags) && (range.from ?? range.to) !== undefined)
    problems.add('--time', 'a range of time needs the column of the time', 'Give --time COLUMN.')
  if (flags.seenId?.startsWith('header:') && ![expected, ...seen].some(isMessages))
    problems.add('--seen-id', 'only messages have headers, and neither side is of messages', 'Leave it away.')
  const seenId = problems.read('--seen-id', flags.seenId, parseSeenId) ?? { at: 'key' as const }
  const { key, time, save, temp: temporary, query, management } = flags
  const optional = defined({ key, time, save, temporary, query, management })
  return {
    ...common,
    ...optional,
    expected: problems.finish('--expected', expected),
    seen: problems.finish('--seen', seen.length === 0 ? undefined : seen),
    ...{ seenId, range, zone },
  }
}

const hasTime = (expected: IdsAddress | undefined, { time }: ReconcileFlags): boolean =>
  time !== undefined || (expected?.kind === 'database' ? expected.time !== undefined : expected?.kind !== 'file')

const isMessages = (address: IdsAddress | undefined): boolean =>
  address !== undefined && ['broker', 'archive', 'parked'].includes(address.kind)

function rangeOf(flags: ReconcileFlags, zone: string, problems: Problems): ReconcileRequest['range'] {
  problems.exclusive({ '--from': flags.from, '--since': flags.since })
  problems.exclusive({ '--to-time': flags.toTime, '--before': flags.before })
  const read = (at: string, text?: string) => problems.read(at, text, value => parseTimeIn(value, zone))
  const range = defined({
    from: read('--from', flags.from ?? flags.since),
    to: read('--to-time', flags.toTime ?? flags.before),
  })
  if (range.from !== undefined && range.to !== undefined && range.from >= range.to)
    problems.add('--to-time', 'is not later than --from', 'The range is half-open: from <= time < to.')
  return range
}
