import { asQueue, parseAddress } from '../core/address.js'
import { parseCount } from '../core/count.js'
import { defined } from '../core/defined.js'
import { parseDuration } from '../core/duration.js'
import { parseBytes } from '../core/size.js'
import { UserError } from '../errors.js'
import { DEFAULT_NAME, type QueueBacklog, type QueueLabFillRequest } from '../lab/requests.js'
import { oneOf } from './choice.js'
import type { Problems } from './problems.js'
import type { Given } from './verb.js'

type Texts<Name extends string> = { [name in Name]?: string }

/** Flags of `lab fill` that only a queue takes. */
export type QueueFlags = Texts<'queue' | 'queueType' | 'ttl' | 'maxLength' | 'maxPriority' | 'dlx' | 'expiration'> & {
  userId?: boolean
}

/** Flags of `lab fill` that a queue takes as well as a topic. */
export type SharedFlags = Texts<'name' | 'records' | 'size' | 'sizes' | 'keys' | 'zipf' | 'nullKeys' | 'headers'> &
  Texts<'spread' | 'seed'> & { create?: boolean }

const QUEUE_ONLY = {
  queueType: '--queue-type',
  ttl: '--ttl',
  maxLength: '--max-length',
  maxPriority: '--max-priority',
  dlx: '--dlx',
  expiration: '--expiration',
  userId: '--user-id',
} as const

const TOPIC_ONLY = {
  topic: '--topic',
  partitions: '--partitions',
  replication: '--replication',
  compact: '--compact',
  emptyKeys: '--empty-keys',
  nullValues: '--null-values',
  codec: '--codec',
  batch: '--batch',
  group: '--group',
  readShare: '--read-share',
  transactions: '--transactions',
  aborts: '--aborts',
} as const

/** Whether a command line means a queue: an amqp address, or `--queue`. */
export const meansQueue = ({ args, flags }: Pick<Given<QueueFlags>, 'args' | 'flags'>): boolean =>
  flags.queue !== undefined || /^amqps?:/i.test(args[0] ?? '')

/** Reports flags that a topic does not take. */
export const refuseQueueFlags = (flags: QueueFlags, problems: Problems): void =>
  refuse(flags, QUEUE_ONLY, add => problems.add(add, 'is for RabbitMQ', 'Give an amqp:// address, or --queue.'))

/** Throws a UserError with every problem of the command line. */
export function queueFillRequest({ args, flags, problems }: Given<QueueFlags & SharedFlags>): QueueLabFillRequest {
  const place = problems.read('address', args[0], parseQueuePlace)
  if (place) {
    problems.exclusive({ address: true, '--name': flags.name })
    if (flags.queue !== undefined && place.address.queue !== undefined)
      problems.add('--queue', 'the address names a queue already', 'Give one of them.')
  }
  refuse(flags, TOPIC_ONLY, at => problems.add(at, 'is for Kafka', 'Leave it away for a queue.'))
  const read: Read = (at, text, parse) => problems.read(at, text, parse)
  return {
    system: 'rabbitmq',
    name: flags.name ?? DEFAULT_NAME,
    queue: flags.queue ?? place?.address.queue ?? 'orders',
    ...defined({ place }),
    backlog: {
      messages: read('--records', flags.records, parseCount) ?? 100_000,
      create: flags.create ?? true,
      userId: flags.userId ?? false,
      ...shape(flags, read),
      ...cargo(flags, read),
    },
  }
}

const parseQueuePlace = (text: string) => {
  const place = parseAddress(text)
  return { ...place, address: asQueue(place.address) }
}

type Read = <T>(at: string, text: string | undefined, parse: (text: string) => T) => T | undefined

const shape = (flags: QueueFlags, read: Read): Partial<QueueBacklog> =>
  defined({
    queueType: read('--queue-type', flags.queueType, oneOf(['classic', 'quorum'])),
    ttlMs: read('--ttl', flags.ttl, parseDuration),
    maxLength: read('--max-length', flags.maxLength, parseCount),
    maxPriority: read('--max-priority', flags.maxPriority, parseCount),
    deadLetterExchange: flags.dlx,
    expirationMs: read('--expiration', flags.expiration, parseDuration),
  })

const cargo = (flags: SharedFlags, read: Read): Partial<QueueBacklog> =>
  defined({
    size: read('--size', flags.size, text => Number(parseBytes(text))),
    sizes: read('--sizes', flags.sizes, oneOf(['fixed', 'lognormal', 'spread'])),
    keys: read('--keys', flags.keys, parseCount),
    zipf: read('--zipf', flags.zipf, number),
    nullKeys: read('--null-keys', flags.nullKeys, number),
    headers: read('--headers', flags.headers, oneOf(['none', 'key', 'all'])),
    spreadMs: read('--spread', flags.spread, parseDuration),
    seed: read('--seed', flags.seed, parseCount),
  })

const number = (text: string): number => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new UserError(`"${text}" is not a number`, { hint: 'Write 0.5.' })
}

function refuse(flags: object, names: Readonly<Record<string, string>>, say: (at: string) => void): void {
  for (const [name, flag] of Object.entries(names))
    if ((flags as Record<string, unknown>)[name] !== undefined) say(flag)
}
