import { maskAddress, type Place } from '../core/address.js'
import { parseCount } from '../core/count.js'
import { defined } from '../core/defined.js'
import { UserError } from '../errors.js'
import { parseTarget } from './addresses.js'
import type { Problems } from './problems.js'
import type { FanoutRequest, HandlerRequest } from './requests.js'

/** The flags that say who handles messages, and how many at once. */
export type HandlerFlags = {
  exec?: string
  worker?: string
  http?: string
  module?: string
  to?: string
  workers?: string
  concurrency?: string
}

const KINDS = ['exec', 'worker', 'http', 'module', 'to'] as const
type Kind = (typeof KINDS)[number]

const EXAMPLES: Readonly<Record<Kind, string>> = {
  exec: "--exec './handle.sh'",
  worker: "--worker 'python3 worker.py'",
  http: '--http https://host/path',
  module: '--module ./handle.mjs',
  to: '--to kafka://host:9092/TOPIC',
}
const ONE_OF_THEM = `Give one of them: ${KINDS.map(kind => EXAMPLES[kind]).join(', ')}.`

/** More than this in flight at once helps no handler, and is a slip of the keyboard. */
const MOST = 100_000

type Handling = Pick<FanoutRequest, 'handler' | 'workers' | 'concurrency'>

/** Exactly one handler, with its numbers; `optional` where somebody else's image handles. Problems are kept. */
export const handlerOf = (
  flags: HandlerFlags,
  problems: Problems,
  { optional }: { readonly optional: boolean },
): Handling => {
  const given = KINDS.filter(kind => flags[kind] !== undefined)
  problems.exclusive(Object.fromEntries(given.map(kind => [`--${kind}`, flags[kind]])))
  if (given.length === 0 && !optional)
    problems.add('handler', `${KINDS.map(kind => `--${kind}`).join(', ')}: none was given`, ONE_OF_THEM)
  const [kind] = given
  // What begins with two hyphens is told for every flag alike.
  const isFlag = kind !== undefined && flags[kind]?.startsWith('--') === true
  const handler =
    kind === undefined || isFlag ? undefined : problems.read(`--${kind}`, flags[kind], text => read(kind, text))
  const workers = problems.read('--workers', flags.workers, few)
  const concurrency = problems.read('--concurrency', flags.concurrency, few)
  if (kind === 'exec' && concurrency !== undefined && concurrency > 1)
    problems.add('--concurrency', 'a command of --exec has one message in its hands', 'Raise --workers instead.')
  return defined({ handler, workers, concurrency })
}

const few = (text: string): number => {
  const count = parseCount(text)
  if (count <= MOST) return count
  throw new UserError(`${text} is more than ${MOST}`, { hint: 'A handler seldom bears more than some hundreds.' })
}

const read = (kind: Kind, text: string): HandlerRequest => {
  if (text.startsWith('-')) throw new UserError(`"${text}" is a flag`, { hint: `Write ${EXAMPLES[kind]}.` })
  if (/^\d+$/.test(text))
    throw new UserError(`"${text}" is only a number`, {
      hint: `How many work at once is --workers ${text}; what handles: ${EXAMPLES[kind]}.`,
    })
  switch (kind) {
    case 'exec':
    case 'worker':
      return { kind, command: withoutPassword(text) }
    case 'http':
      return { kind, url: urlOf(text) }
    case 'module':
      return { kind, file: fileOf(text) }
    case 'to':
      return { kind, place: parseTarget(text) }
    default:
      return kind satisfies never
  }
}

// The plan keeps the command, and a plan holds no secret.
const withoutPassword = (command: string): string => {
  if (maskAddress(command) === command) return command
  throw new UserError('The command holds a password, and would stand with it in the plan', {
    hint: "Put it into the environment, which the handler inherits: --worker 'python3 w.py' with DB_URL set.",
  })
}

const urlOf = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UserError(`"${maskAddress(text)}" is not a URL`, { hint: 'Write http://host:8080/path or https://….' })
  if (url.password === '' && url.username === '') return text
  throw new UserError('The URL holds a login, and would stand with it in the plan', {
    hint: 'Leave it away: https://host/path, and set SPILLWAY_HTTP_LOGIN=user:password (Basic authentication).',
  })
}

const fileOf = (text: string): string => {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return text
  throw new UserError(`"${text}" is not a file`, { hint: 'Write the path of a module: ./handle.mjs.' })
}

/** Where parked messages go: `file:PATH`, or a topic or queue. Throws UserError. */
export const parsePark = (text: string): NonNullable<FanoutRequest['park']> => {
  if (!text.startsWith('file:')) return { place: targetOf(text) }
  const file = text.slice('file:'.length)
  if (file === '') throw new UserError('file: names no file', { hint: 'Write file:PATH.' })
  return { file }
}

const targetOf = (text: string): Place => {
  try {
    return parseTarget(text)
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause
    throw new UserError(cause.message, {
      code: cause.code,
      hint: 'Write file:PATH, kafka://host:9092/TOPIC or amqp://host/VHOST/QUEUE.',
      cause,
    })
  }
}
