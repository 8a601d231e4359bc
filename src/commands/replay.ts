import { type Command, Option } from 'commander'
import type { Io } from '../io.js'
import { withGauges } from './gauge-flags.js'
import { withNight } from './night-flags.js'
import { type ReplayFlags, replayRequest } from './replay-request.js'
import type { ReplayRequest } from './requests.js'
import { act, declare, EXITS_OF_MOVING } from './verb.js'

const AFTER = `Examples:
  spillway replay archive:RUN --to kafka://host:9092/orders   print the plan
  spillway replay archive:RUN --to origin --rate 500 --execute
  spillway replay archive:RUN --to origin --from 2026-01-31T08:00 --to-time 2026-01-31T09:00 --tz Europe/Berlin
  spillway replay archive:RUN --to amqp://ops@host//orders --only-id 4711 --only-id 4712
  spillway replay parked:RUN --to origin --sample 5
  spillway replay amqp://ops@host//orders.dlq --to origin --rate 500
  spillway replay kafka://host:9092/orders.dlq --to origin
  spillway replay postgres://reader@host/shop --table orders --key id --time created_at \
    --from 2026-01-31T08:00 --to-time 2026-01-31T09:00 --to kafka://host:9092/orders

Messages go as they came: bytes, headers, times. Into Kafka by transactions that
hold the position: a resumed replay sends nothing twice for read_committed readers.`

/** `spillway replay FROM --to TARGET` */
export const replayCommand = (io: Io) =>
  act<ReplayFlags, ReplayRequest>(replayOptions(declared()), {
    io,
    parse: given => replayRequest(given, io.now()),
    run: async (request, present) => (await import('../verbs/replay.js')).replay(request, io, present),
  })

const declared = (): Command =>
  declare({
    name: 'replay',
    summary: 'Send again what was let go, parked or never got through',
    group: 'Move:',
    after: AFTER,
    exits: EXITS_OF_MOVING,
  })

/** Gives a command the argument and the flags of a replay. */
export const replayOptions = (command: Command): Command => withGauges(withNight(withMessages(command)))

const withMessages = (command: Command): Command =>
  command
    .argument(
      '[FROM]',
      'archive:RUN of a discard, parked:RUN of any run, a dead-letter topic or queue, or postgres://user@host/DB, mysql://…, file:PATH',
    )
    .option('--to <target>', 'kafka://host:9092/TOPIC, amqp://host/VHOST/QUEUE, NAME/TOPIC, or origin')
    .option('--from <time>', 'only messages from this time on (also --since)')
    .option('--to-time <time>', 'only messages from before this time (also --before)')
    .addOption(new Option('--since <time>').hideHelp())
    .addOption(new Option('--before <time>').hideHelp())
    .option('--tz <zone>', 'zone of times that do not say theirs (UTC)')
    .option('--table <name>', 'database: rows of this table, TABLE or SCHEMA.TABLE')
    .option('--query <sql>', 'database: rows of this SELECT instead')
    .option('--key <column>', 'rows: column that tells one row from all others')
    .option('--time <column>', 'rows: column of the time, for --from and --to-time')
    .option('--map <file>', 'rows, parked ones too: what becomes of a row, YAML or a JavaScript module')
    .option(
      '--missing-from <file>',
      'of rows, or by key: only those in this file of `reconcile`, or which an address has not, as its --seen takes it',
    )
    .option('--seen-id <where>', 'of --missing-from, id of a message: key, header:NAME or json:/path')
    .option('--grace <time>', 'database: hold until the window has been over for so long (60s)')
    .option('--rescan <time>', 'database: read this end of the window again for late commits (15m); 0: do not')
    .option('--statement-timeout <time>', 'database: give a page up that takes longer, and try a smaller one (30s)')
    .option('--only-key <key>', 'only messages with this key, or base64:BYTES; may be given again', collect)
    .option('--only-id <id>', 'only the message with this id; may be given again', collect)
    .option('--ids <file:path>', 'only messages whose ids stand in this file, one a line')
    .option('--sample <n>', 'print so many messages, and send nothing')
    .addOption(plainFlag('--no-transaction', 'Kafka: send idempotently, with the position in the journal'))
    .option('--consumers-stopped', 'dead letters: you vouch that nobody else reads them')
    .option('--provenance', 'add headers x-replay-run and x-replay-count (of rows: as it is)')
    .option('--no-provenance', 'rows: leave these headers away')
    .option('--max-replays <n>', 'park what was replayed so often already, by x-replay-count (3)')
    .option('--rate <n>', 'at most 500, 5k (messages) or 10MB (bytes) a second')
    .option('--source <address>', 'what is read again, for its password')
    .option('--target <address>', 'the address of --to again, for its password')
    .option('--management <url>', 'management API of RabbitMQ (http://HOST:15672)')

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]

// Commander makes one value of --x and --no-x; there is no --transaction.
const plainFlag = (flags: string, description: string): Option => {
  const option = new Option(flags, description)
  option.negate = false
  return option
}
