import type { Io } from '../io.js'
import { type ReconcileFlags, type ReconcileRequest, reconcileRequest } from './reconcile-request.js'
import { act, declare } from './verb.js'

const AFTER = `Examples:
  spillway reconcile --expected postgres://reader@host/shop --table orders --key id
    --time created_at --from 2026-01-31T08:00 --to-time 2026-01-31T12:00
    --seen 'postgres://reader@other/ship?table=processed&id=order_id'
  spillway reconcile --expected file:orders.csv --key id --seen file:done.txt
  spillway reconcile --expected file:orders.parquet --key id --time created_at
    --from 2026-01-31T08:00 --to-time 2026-01-31T12:00 --tz Europe/Berlin
    --seen kafka://one:9092/orders-done --seen-id json:/order/id
  spillway reconcile --expected archive:RUN --seen 'file:seen.ndjson?id=/order'

A database is read in one session that can only read, by a cursor over a snapshot.
Files: .csv with a line of column names, .ndjson, .parquet; others have an id a
line. Ids are compared as text. Several --seen: an id is seen if any has it.
Nothing is changed, no group joined. Messages of a queue come back to it, in
their places, but marked as redelivered; a stream is read without trace.`

/** `spillway reconcile` */
export const reconcileCommand = (io: Io) =>
  act<ReconcileFlags, ReconcileRequest>(
    declare({
      name: 'reconcile',
      summary: 'Which rows never got through: missing, extra, duplicate',
      group: 'Look:',
      after: AFTER,
      exits: ['0 nothing is missing', '1 failed', '2 could not start', '3 rows are missing', '130/143 stopped'],
    })
      .option('--expected <address>', 'all that should be there: postgres://…/DB, mysql://…/DB, file:PATH, archive:RUN')
      .option(
        '--seen <address>',
        'what got through: postgres://…/DB?table=T&id=COLUMN, a topic, a queue, file:PATH, archive:RUN, parked:RUN; repeatable',
        collect,
      )
      .option('--table <name>', 'expected database: rows of this table, TABLE or SCHEMA.TABLE')
      .option('--query <sql>', 'expected database: rows of this SELECT instead')
      .option('--seen-id <where>', 'id of a message: key, header:NAME or json:/path')
      .option('--key <column>', 'column of the id, on the expected side')
      .option('--time <column>', 'column of the time, on the expected side')
      .option('--from <time>', 'expected rows not older than this')
      .option('--since <time>', 'the same')
      .option('--to-time <time>', 'expected rows older than this')
      .option('--before <time>', 'the same')
      .option('--tz <zone>', 'zone of times that do not say theirs (UTC)')
      .option('--save <file>', 'where the missing ids go, one a line')
      .option('--temp <dir>', 'where the work files lie meanwhile')
      .option('--management <url>', 'management API of RabbitMQ (http://HOST:15672)'),
    {
      io,
      parse: reconcileRequest,
      run: async (request, present) => (await import('../verbs/reconcile.js')).reconcileVerb(request, io, present),
    },
  )

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
