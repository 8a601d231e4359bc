import type { Place } from '../core/address.js'
import { parseCount, parsePercent } from '../core/count.js'
import { defined } from '../core/defined.js'
import { parseDuration } from '../core/duration.js'
import { parseQueueKey } from '../core/queue-key.js'
import { parseRate } from '../core/rate-text.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import { parseSource } from './addresses.js'
import { oneOf } from './choice.js'
import { type HandlerFlags, handlerOf, parsePark } from './fanout-handler.js'
import type { Problems } from './problems.js'
import type { FanoutRequest } from './requests.js'
import { againOf, runOf } from './run-argument.js'
import type { Given } from './verb.js'

/** What commander hands over for `fanout`. */
export type FanoutFlags = HandlerFlags & {
  order?: string
  retries?: string
  timeout?: string
  park?: string
  maxAhead?: string
  maxParked?: string
  maxErrors?: string
  rate?: string
  targetLatency?: string
  minRate?: string
  maxRate?: string
  group?: string
  key?: string
  consumersStopped?: boolean
  source?: string
  target?: string
  management?: string
  takeOver?: boolean
  as?: string
  image?: string
}

/** Throws a UserError with every problem of the command line. */
export const fanoutRequest = async (given: Given<FanoutFlags>, io: Io): Promise<FanoutRequest> => {
  const { args, flags, common, problems } = given
  const as = problems.read('--as', flags.as, oneOf(['kubernetes', 'systemd']))
  const handling = handlerOf(flags, problems, { optional: as !== undefined && flags.image !== undefined })
  const choices = choicesOf(flags, problems)
  const again = againOf(flags, problems)
  checkImage(flags, problems)
  const read = isAddress(args[0]) ? problems.read('SOURCE', args[0], parseSource) : undefined
  if (read !== undefined && flags.group !== undefined)
    problems.add('--group', 'is for the lanes of a RUN', 'The address names its own group: ?group=G.')
  const request = {
    ...common,
    ...handling,
    ...choices,
    ...defined({ as, image: flags.image, group: flags.group, again: nonEmpty(again), management: again.management }),
    consumersStopped: flags.consumersStopped ?? false,
    takeOver: flags.takeOver ?? false,
  }
  if (isAddress(args[0])) return { ...request, of: { place: problems.finish('SOURCE', read) } }
  return { ...request, of: { run: await namedRun(args[0], problems, io) } }
}

/** An argument with a slash or a colon is an address; ids of runs have neither. */
const isAddress = (text: string | undefined): text is string => text !== undefined && /[/:]/.test(text)

// The argument may be either; one that is neither gets both forms as its hint.
const namedRun = (text: string | undefined, problems: Problems, io: Io): Promise<string> => {
  if (text !== undefined && text !== '' && !/^[A-Za-z0-9_-]+$/.test(text)) {
    const hint = 'Write RUN, kafka://host:9092/TOPIC?group=G, amqp://host/VHOST/QUEUE, or NAME/TOPIC?group=G.'
    problems.add('RUN', `"${text}" is neither the id of a run nor an address`, hint)
    problems.raise()
  }
  return runOf(text, problems, io)
}

const nonEmpty = <T extends { source?: Place; target?: Place }>(again: T): T | undefined =>
  again.source === undefined && again.target === undefined ? undefined : again

const checkImage = ({ as, image }: FanoutFlags, problems: Problems): void => {
  if (image === undefined || as === 'kubernetes') return
  problems.add('--image', 'belongs to --as kubernetes', 'Add --as kubernetes, or leave it away.')
}

const choicesOf = (flags: FanoutFlags, problems: Problems) => ({
  retries: problems.read('--retries', flags.retries, countOrNone) ?? 3,
  timeoutMs: problems.read('--timeout', flags.timeout, someTime) ?? 30_000,
  maxAhead: problems.read('--max-ahead', flags.maxAhead, parseCount) ?? 10_000,
  ...defined({
    order: problems.read('--order', flags.order, oneOf(['key', 'lane', 'none'])),
    park: problems.read('--park', flags.park, parsePark),
    maxParkedPercent: problems.read('--max-parked', flags.maxParked, parsePercent),
    maxErrorPercent: problems.read('--max-errors', flags.maxErrors, parsePercent),
    rate: problems.read('--rate', flags.rate, parseRate),
    key: problems.read('--key', flags.key, parseQueueKey),
    pace: paceOf(flags, problems),
  }),
})

const paceOf = (flags: FanoutFlags, problems: Problems): FanoutRequest['pace'] => {
  const minRate = problems.read('--min-rate', flags.minRate, messagesASecond)
  const maxRate = problems.read('--max-rate', flags.maxRate, messagesASecond)
  const targetLatencyMs = problems.read('--target-latency', flags.targetLatency, someTime)
  if (minRate !== undefined && maxRate !== undefined && minRate > maxRate)
    problems.add('--min-rate', `${minRate} is more than --max-rate ${maxRate}`, 'Exchange them.')
  if (targetLatencyMs === undefined && flags.targetLatency === undefined)
    for (const [flag, rate] of Object.entries({ '--min-rate': minRate, '--max-rate': maxRate }))
      if (rate !== undefined)
        problems.add(flag, 'belongs to --target-latency', 'Add --target-latency 80ms, or use --rate for a fixed bound.')
  const pace = defined({ targetLatencyMs, minRate, maxRate })
  return Object.keys(pace).length === 0 ? undefined : pace
}

const messagesASecond = (text: string): number => {
  const { messages } = parseRate(text)
  if (messages !== undefined) return messages
  throw new UserError('Write it in messages a second', { hint: 'Write 500 or 5k.' })
}

const countOrNone = (text: string): number => (text === '0' ? 0 : parseCount(text))

const someTime = (text: string): number => {
  const ms = parseDuration(text)
  if (ms >= 1) return ms
  throw new UserError('No time at all is too short', { hint: 'Write 500ms, 30s or 5m.' })
}
