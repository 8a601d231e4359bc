import type { Io } from '../io.js'
import { type DrainFlags, drainRequest } from './drain-request.js'
import type { DrainRequest } from './requests.js'
import { act, declare, EXITS_OF_MOVING } from './verb.js'

const AFTER = `Examples:
  spillway drain prod/orders?group=billing                 print the plan
  spillway drain prod/orders?group=billing --save p.json   keep it, to \`apply\` later
  spillway drain prod/orders?group=billing --first 1000 --execute
  spillway drain prod/orders?group=billing --execute
  spillway drain amqp://ops@localhost//orders --key header:customer

Stop the consumers first. The plan names what else refuses it.
Ctrl-C once settles what is in hand and prints the resume command; twice drops it.`

/** `spillway drain SOURCE` */
export const drainCommand = (io: Io) =>
  act<DrainFlags, DrainRequest>(options(), {
    io,
    parse: drainRequest,
    run: async (request, present) => (await import('../verbs/drain.js')).drain(request, io, present),
  })

const options = () =>
  declare({
    name: 'drain',
    summary: 'Plan, then copy the backlog into a temporary topic or queues: more lanes',
    group: 'Move:',
    after: AFTER,
    exits: EXITS_OF_MOVING,
  })
    .argument('[SOURCE]', 'kafka://host/TOPIC?group=G, amqp://host/VHOST/QUEUE, NAME/TOPIC?group=G or NAME/QUEUE')
    .option('--factor <n>', 'temporary lanes per partition, or for the queue (10)')
    .option('--lanes <n>', 'temporary lanes in all; on Kafka a multiple of the partitions')
    .option('--order <order>', 'key: order per key is kept (default on Kafka); none: round robin, faster')
    .option('--key <where>', 'RabbitMQ: what chooses the lane: routing-key, header:NAME or property:NAME')
    .option('--until <end>', 'now (default), caught-up or lanes-empty')
    .option('--to <target>', 'copy to this topic, maybe of another cluster (Kafka)')
    .option('--first <n>', 'canary: stop after this many messages')
    .option('--save <file>', 'write the plan to a file')
    .option('--exactly-once <how>', 'transactions or counting (readers that are not read_committed)')
    .option('--compress <codec>', 'none, gzip, snappy, lz4 or zstd instead of each batch as it is')
    .option('--rate <n>', 'at most 500, 5k (messages) or 10MB (bytes) a second')
    .option('--consumers-stopped', 'you vouch that they are, where the broker cannot tell')
    .option('--cut-over <choice>', 'lanes-first (default) or fresh-first: originals start earlier, key order is lost')
    .option('--disk-free <node=bytes>', 'free disk of a broker that does not say (repeatable)', collect)
    .option('--max-drift <percent>', 'growth since the plan that is still accepted (20%)')
    .option('--group <name>', 'group that will work the lanes (spillway.RUN)')
    .option('--queue-type <type>', 'classic (default) or quorum, where no management API tells what the source is')
    .option('--management <url>', 'management API of RabbitMQ (http://HOST:15672)')
    .option('--take-over', 'take the lock of a runner on another host that is dead')

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value]
