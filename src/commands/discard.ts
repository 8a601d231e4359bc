import { Option } from 'commander'
import type { Io } from '../io.js'
import { type DiscardFlags, discardRequest } from './discard-request.js'
import type { DiscardRequest } from './requests.js'
import { act, declare } from './verb.js'

const AFTER = `Examples:
  spillway discard prod/orders?group=billing --all         print the plan
  spillway discard prod/orders?group=billing --all --confirm orders --execute
  spillway discard prod/orders?group=billing --older-than 2h --free-disk
  spillway discard amqp://ops@localhost//orders --until 2026-01-31T08:00+08:00
  spillway discard amqp://ops@localhost//orders --all --no-archive

It lets go of a prefix: all, or what is older. What goes is in the archive first;
\`spillway replay archive:RUN\` sends it again. On Kafka moving offsets frees no disk.`

/** `spillway discard SOURCE` */
export const discardCommand = (io: Io) =>
  act<DiscardFlags, DiscardRequest>(options(), {
    io,
    parse: given => discardRequest(given, io.now()),
    run: async (request, present) => (await import('../verbs/discard.js')).discard(request, io, present),
  })

const options = () =>
  declare({
    name: 'discard',
    summary: 'Let go of all or of what is old, with a ledger and an archive: nothing is forgotten',
    group: 'Move:',
    after: AFTER,
    exits: [
      '0 complete, or plan printed',
      '1 failed or unbalanced',
      '2 could not start',
      '4 refused',
      '130/143 stopped',
    ],
  })
    .argument('[SOURCE]', 'kafka://host/TOPIC?group=G, amqp://host/VHOST/QUEUE, NAME/TOPIC?group=G or NAME/QUEUE')
    .option('--all', 'everything that is there at the start')
    .option('--older-than <duration>', 'what is older than 2h, 3d')
    .option('--until <time>', 'what is from before this time; it must say its zone: 2026-01-31T08:00+08:00')
    .option('--archive <dir>', 'keep what goes in DIR/RUN instead of in the folder of the run')
    .addOption(plainFlag('--no-archive', 'keep nothing: what goes is gone for good'))
    .option('--free-disk', 'Kafka: delete the records too, for every group; else moving offsets frees 0 bytes')
    .option('--max-messages <n>', 'no more than this many, from the front')
    .option('--confirm <name>', 'the topic or queue (CLUSTER/NAME of a production cluster), typed out')
    .option('--rate <n>', 'at most 500, 5k (messages) or 10MB (bytes) a second')
    .option('--tz <zone>', 'show times in this zone beside UTC (that of this machine)')
    .option('--consumers-stopped', 'you vouch that they are, where the broker cannot tell')
    .option('--management <url>', 'management API of RabbitMQ (http://HOST:15672)')
    .option('--take-over', 'take the lock of a runner on another host that is dead')

// Commander makes one value of --x and --no-x, the last of which would win; here both at once are an error.
const plainFlag = (flags: string, description: string): Option => {
  const option = new Option(flags, description)
  option.negate = false
  return option
}
