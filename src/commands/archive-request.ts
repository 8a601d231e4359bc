import { parseCount } from '../core/count.js'
import { defined } from '../core/defined.js'
import { parseZone } from '../core/instant.js'
import { checkRunId } from '../core/run-id.js'
import { parseTimeIn } from '../core/wall-time.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import type { Problems } from './problems.js'
import type { Common } from './requests.js'
import { runOf } from './run-argument.js'
import type { Given } from './verb.js'

/** Id of the discard whose archive is meant. */
export type ArchiveRequest = Common & { readonly run?: string }

/** Which messages; all that is given must hold. Keys are as typed: text, or `base64:…`. */
export type ShowRequest = Common & {
  readonly run: string
  readonly ids?: readonly string[]
  readonly keys?: readonly string[]
  readonly from?: Date
  readonly to?: Date
  readonly limit: number
}

export type SqlRequest = Common & { readonly run: string; readonly sql: string; readonly limit: number }

/** What commander hands over for `archive show`. */
export type ShowFlags = {
  id?: readonly string[]
  key?: readonly string[]
  from?: string
  since?: string
  toTime?: string
  before?: string
  tz?: string
  limit?: string
}

const SHOWN = 20
const ROWS = 10_000

/** Throws a UserError with every problem of the command line, as those below. */
export const listRequest = ({ args, common, problems }: Given<object>): ArchiveRequest => ({
  ...common,
  ...defined({ run: problems.read('RUN', args[0], runIn) }),
})

export const runRequest = async (
  { args, common, problems }: Given<object>,
  io: Io,
): Promise<Common & { readonly run: string }> => ({ ...common, run: await named(args[0], problems, io) })

export async function showRequest({ args, flags, common, problems }: Given<ShowFlags>, io: Io): Promise<ShowRequest> {
  problems.exclusive({ '--from': flags.from, '--since': flags.since })
  problems.exclusive({ '--to-time': flags.toTime, '--before': flags.before })
  const zone = problems.read('--tz', flags.tz, parseZone) ?? 'UTC'
  const time = (at: string, text: string | undefined) => problems.read(at, text, each => parseTimeIn(each, zone))
  const from = time('--from', flags.from) ?? time('--since', flags.since)
  const to = time('--to-time', flags.toTime) ?? time('--before', flags.before)
  const limit = problems.read('--limit', flags.limit, parseCount) ?? SHOWN
  const run = await named(args[0], problems, io)
  return { ...common, run, limit, ...defined({ ids: flags.id, keys: flags.key, from, to }) }
}

export async function sqlRequest(given: Given<{ limit?: string }>, io: Io): Promise<SqlRequest> {
  const { args, flags, common, problems } = given
  const limit = problems.read('--limit', flags.limit, parseCount) ?? ROWS
  const [first, sql] = args
  if (first !== undefined && sql === undefined)
    problems.add('SELECT', 'the question is missing', "Write it in quotes: 'SELECT count(*) FROM messages'.")
  return { ...common, run: await named(first, problems, io), sql: sql ?? '', limit }
}

const named = (text: string | undefined, problems: Problems, io: Io): Promise<string> =>
  runOf(problems.read('RUN', text, runIn), problems, io)

/** `RUN` or `archive:RUN`. */
const runIn = (text: string): string => {
  if (!/^parked:/i.test(text)) return checkRunId(text.replace(/^archive:/i, ''))
  throw new UserError(`${text} is no archive`, { hint: `What was parked is sent again by: spillway replay ${text}` })
}
