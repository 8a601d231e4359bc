import type { Command } from 'commander'
import { asKafka, parseAddress } from '../core/address.js'
import { parseCount } from '../core/count.js'
import { defined } from '../core/defined.js'
import { parseDuration } from '../core/duration.js'
import { parseBytes } from '../core/size.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import { type Backlog, CODECS, DEFAULT_NAME, type LabFillRequest, type QueueLabFillRequest } from '../lab/requests.js'
import { oneOf } from './choice.js'
import { meansQueue, type QueueFlags, queueFillRequest, refuseQueueFlags, type SharedFlags } from './lab-fill-queue.js'
import { act, declare, type Given } from './verb.js'

type Texts<Name extends string> = { [name in Name]?: string }
type Flags = SharedFlags &
  QueueFlags &
  Texts<'topic' | 'partitions' | 'replication' | 'emptyKeys' | 'nullValues' | 'codec' | 'batch' | 'group'> &
  Texts<'readShare' | 'transactions' | 'aborts'> & { compact?: boolean }

const AFTER = `Examples:
  spillway lab fill --topic orders --records 1M --group workers
  spillway lab fill kafka://localhost:9092/orders?group=workers --records 300k
  spillway lab fill --queue orders --records 300k --queue-type quorum
  spillway lab fill amqp://localhost//orders --headers all --sizes spread --size 5MB
  spillway lab fill --topic odd --records 100k --codec mixed --batch single --aborts 0.1

Writes at once, to the lab (see --name) or to the address; the group's offsets are
committed at --read-share of each partition, without joining it.
A queue is meant by an amqp:// address or by --queue. Its messages are persistent
and confirmed, their keys are routing keys (through an exchange QUEUE.in).
The same --seed makes the same records.`

/** `spillway lab fill` */
export const labFillCommand = (io: Io): Command =>
  act<Flags, LabFillRequest | QueueLabFillRequest>(declareFill(), {
    io,
    parse: given => (meansQueue(given) ? queueFillRequest(given) : fillRequest(given)),
    run: async (request, present) =>
      'system' in request
        ? (await import('../lab/fill-queue-lab.js')).labFillQueue(request, io, present)
        : (await import('../lab/fill-lab.js')).labFill(request, io, present),
  })

const declareFill = (): Command =>
  declare({
    name: 'fill',
    summary: 'Make a realistic backlog',
    group: 'Lab:',
    after: AFTER,
    exits: ['0 it is there', '1 the broker failed', '2 could not start'],
  })
    .argument('[address]', 'kafka://host:port/TOPIC?group=G or amqp://host/VHOST/QUEUE, instead of the lab')
    .option('--name <name>', `lab to fill (${DEFAULT_NAME})`)
    .option('--topic <topic>', 'topic, made where it is missing (orders)')
    .option('--queue <queue>', 'queue of RabbitMQ instead (orders)')
    .option('--no-create', 'the topic or queue must be there')
    .option('--records <n>', 'records that committed readers will see (100k)')
    .option('--partitions <n>', 'of a topic that is made (3)')
    .option('--replication <n>', 'of a topic that is made (1)')
    .option('--compact', 'make the topic compacted: its offsets get holes')
    .option('--size <bytes>', 'of a value (1KiB)')
    .option('--sizes <law>', 'fixed or lognormal, of a queue also spread: from 0 B to --size (fixed)')
    .option('--keys <n>', 'distinct keys (100k)')
    .option('--zipf <s>', 'skew of the keys, 0 is uniform (0.9)')
    .option('--null-keys <share>', 'share of records without key')
    .option('--empty-keys <share>', 'share of records with an empty key')
    .option('--null-values <share>', 'share of tombstones')
    .option('--headers <n>', 'most headers of a record (1); of a queue none, key or all: every AMQP type (key)')
    .option('--codec <codec>', `${CODECS.join(', ')} (none)`)
    .option('--batch <bytes>', 'bytes of a batch, or single: a record each (16KiB)')
    .option('--spread <duration>', 'timestamps run from so long ago until now')
    .option('--group <group>', 'group whose offsets are committed')
    .option('--read-share <share>', 'how much of it the group has read (0)')
    .option('--transactions <n>', 'write in transactions of about n records')
    .option('--aborts <share>', 'share of the transactions that are aborted')
    .option('--queue-type <type>', 'of a queue that is made: classic or quorum')
    .option('--ttl <duration>', 'x-message-ttl of a queue that is made')
    .option('--max-length <n>', 'x-max-length of a queue that is made')
    .option('--max-priority <n>', 'x-max-priority of a queue that is made; messages have priorities up to it')
    .option('--dlx <exchange>', 'x-dead-letter-exchange of a queue that is made')
    .option('--expiration <duration>', 'property expiration of each message')
    .option('--user-id', 'property user-id of each message')
    .option('--seed <n>', 'seed of the random records (1)')

/** Throws a UserError with every problem of the command line. */
export function fillRequest({ args, flags, problems }: Given<Flags>): LabFillRequest {
  refuseQueueFlags(flags, problems)
  const place = problems.read('address', args[0], parseKafkaPlace)
  if (place) {
    problems.exclusive({ address: true, '--name': flags.name })
    if (flags.topic !== undefined && place.address.topic !== undefined)
      problems.add('--topic', 'the address names a topic already', 'Give one of them.')
  }
  const read = <T>(at: string, text: string | undefined, parse: (text: string) => T) => problems.read(at, text, parse)
  return {
    name: flags.name ?? DEFAULT_NAME,
    topic: flags.topic ?? place?.address.topic ?? 'orders',
    ...defined({ place }),
    backlog: {
      records: read('--records', flags.records, parseCount) ?? 100_000,
      compacted: flags.compact ?? false,
      create: flags.create ?? true,
      ...shape(flags, read),
      ...cargo(flags, read),
      ...defined({ group: flags.group ?? place?.address.group }),
    },
  }
}

const parseKafkaPlace = (text: string) => {
  const place = parseAddress(text)
  return { ...place, address: asKafka(place.address) }
}

type Read = <T>(at: string, text: string | undefined, parse: (text: string) => T) => T | undefined

const shape = (flags: Flags, read: Read): Partial<Backlog> =>
  defined({
    partitions: read('--partitions', flags.partitions, parseCount),
    replication: read('--replication', flags.replication, parseCount),
    codec: read('--codec', flags.codec, oneOf(CODECS)),
    batch: read('--batch', flags.batch, text => (text === 'single' ? text : bytes(text))),
    spreadMs: read('--spread', flags.spread, parseDuration),
    readShare: read('--read-share', flags.readShare, number),
    transactions: read('--transactions', flags.transactions, parseCount),
    aborts: read('--aborts', flags.aborts, number),
    seed: read('--seed', flags.seed, parseCount),
  })

const cargo = (flags: Flags, read: Read): Partial<Backlog> =>
  defined({
    size: read('--size', flags.size, bytes),
    sizes: read('--sizes', flags.sizes, oneOf(['fixed', 'lognormal'])),
    keys: read('--keys', flags.keys, parseCount),
    zipf: read('--zipf', flags.zipf, number),
    nullKeys: read('--null-keys', flags.nullKeys, number),
    emptyKeys: read('--empty-keys', flags.emptyKeys, number),
    nullValues: read('--null-values', flags.nullValues, number),
    headers: read('--headers', flags.headers, number),
  })

const bytes = (text: string): number => Number(parseBytes(text))

const number = (text: string): number => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new UserError(`"${text}" is not a number`, { hint: 'Write 0.5.' })
}
