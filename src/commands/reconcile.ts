import type { Io } from '../io.js'
import { type ReconcileFlags, type ReconcileRequest, reconcileRequest } from './reconcile-request.js'
import { act, declare } from './verb.js'

const AFTER = `Examples:
  spillway reconcile --expected file:orders.csv --key id --seen file:done.txt
  spillway reconcile --expected file:orders.parquet --key id --time created_at
    --from 2026-01-31T08:00 --to-time 2026-01-31T12:00 --tz Europe/Berlin
    --seen kafka://one:9092/orders-done --seen-id json:/order/id
  spillway reconcile --expected archive:RUN --seen 'file:seen.ndjson?id=/order'

Files: .csv with a line of column names, .ndjson, .parquet; others have an id a
line. Ids are compared as text. Several --seen: an id is seen if any has it.
Nothing is changed, no group joined, no message consumed.`

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
      .option('--expected <address>', 'all that should be there: file:PATH, archive:RUN')
      .option('--seen <address>', 'what got through: the same, or a topic; repeatable', collect)
      .option('--seen-id <where>', 'id of a message: key, header:NAME or json:/path')
      .option('--key <column>', 'column of the id, on the expected side')
      .option('--time <column>', 'column of the time, on the expected side')
      .option('--from <time>', 'expected rows not older than this')
      .option('--since <time>', 'the same')
      .option('--to-time <time>', 'expected rows older than this')
      .option('--before <time>', 'the same')
      .option('--tz <zone>', 'zone of times that do not say theirs (UTC)')
      .option('--save <file>', 'where the missing ids go, one a line')
      .option('--temp <dir>', 'where the work files lie meanwhile'),
    {
      io,
      parse: reconcileRequest,
      run: async (request, present) => (await import('../verbs/reconcile.js')).reconcileVerb(request, io, present),
    },
  )

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
