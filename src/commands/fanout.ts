import type { Io } from '../io.js'
import { type FanoutFlags, fanoutRequest } from './fanout-request.js'
import type { FanoutRequest } from './requests.js'
import { act, declare, EXITS_OF_MOVING } from './verb.js'

const AFTER = `Examples:
  spillway fanout RUN --exec ./handle.sh                    print the plan
  spillway fanout RUN --worker 'python3 w.py' --workers 30 --execute
  spillway fanout RUN --http https://shop/orders --concurrency 64 --execute
  spillway fanout RUN --module ./handle.mjs --rate 500 --execute
  spillway fanout prod/orders?group=billing --module ./handle.mjs
  spillway fanout RUN --worker ./w --as kubernetes --image shop/spillway:1

RUN is a drain: its temporary lanes are worked. A SOURCE is worked where it lies.
Handlers see a message again after a crash: its id is the same at every try.`

/** `spillway fanout RUN|SOURCE` */
export const fanoutCommand = (io: Io) =>
  act<FanoutFlags, FanoutRequest>(options(), {
    io,
    parse: given => fanoutRequest(given, io),
    run: async (request, present) => (await import('../verbs/fanout.js')).fanout(request, io, present),
  })

const options = () =>
  paced(
    handlers(
      declare({
        name: 'fanout',
        summary: 'Work the lanes of a drain, or a fixed range of the source, with your handler',
        group: 'Move:',
        after: AFTER,
        exits: EXITS_OF_MOVING,
      }).argument('[RUN|SOURCE]', 'RUN of a drain, or an address: kafka://host/TOPIC?group=G, amqp://host/VHOST/QUEUE'),
    ),
  )
    .option('--group <name>', 'group on the lanes (spillway.RUN); RUN only')
    .option('--key <where>', 'RabbitMQ source: what the key is: routing-key, header:NAME or property:NAME')
    .option('--consumers-stopped', 'you vouch that they are, where the broker cannot tell')
    .option('--source <address>', 'what is read again, for its password')
    .option('--target <address>', 'the address of --to again, for its password')
    .option('--management <url>', 'management API of RabbitMQ (http://HOST:15672)')
    .option('--take-over', 'take the lock of a runner on another host that is dead')
    .option('--as <form>', 'print kubernetes manifests or a systemd unit, and start nothing')
    .option('--image <name>', 'with --as kubernetes: the image to run, Spillway in it or your own consumer')

const handlers = (command: ReturnType<typeof declare>) =>
  command
    .option('--exec <cmd>', 'sh -c CMD once a message: value on stdin, exit 0 is done')
    .option('--worker <cmd>', 'keep processes of CMD that speak NDJSON')
    .option('--http <url>', 'POST each message there; 2xx is done')
    .option('--module <file>', 'JavaScript module: export default async (message, context)')
    .option('--to <target>', 'pass messages on to another topic or queue')
    .option('--workers <n>', 'handlers at work at once (--exec: one a core; else 1)')
    .option('--concurrency <n>', 'messages in flight per worker (16; 1 for --exec)')
    .option('--order <order>', 'key (default), lane or none: what waits for each other')
    .option('--retries <n>', 'tries after the first one, before a message is parked (3)')
    .option('--timeout <duration>', 'longest that one try may take (30s)')

const paced = (command: ReturnType<typeof declare>) =>
  command
    .option('--park <where>', 'address or file:PATH for parked messages (parked.ndjson of the run)')
    .option('--max-ahead <n>', 'most that is done past the first unfinished message (10000)')
    .option('--max-parked <percent>', 'stop once this share is parked (never)')
    .option('--max-errors <percent>', 'hold while more than this share of tries fails (never)')
    .option('--rate <n>', 'at most 500, 5k (messages) or 10MB (bytes) a second')
    .option('--target-latency <duration>', 'find the rate that keeps the handler this fast')
    .option('--min-rate <n>', 'never slower than this, with --target-latency (messages a second)')
    .option('--max-rate <n>', 'never faster than this, with --target-latency (messages a second)')
