import { parseCount } from '../core/count.js'
import type { Io } from '../io.js'
import { BROKERS } from '../lab/requests.js'
import { oneOf } from './choice.js'
import type { FailpointsRequest, RehearseRequest } from './requests.js'
import { act, declare, type Given } from './verb.js'

type Flags = { broker?: string; records?: string; database?: boolean; keep?: boolean }

const REHEARSE = `Examples:
  spillway rehearse --records 1M
  spillway rehearse --broker rabbitmq

Starts a real broker and a PostgreSQL on this machine, fills a backlog, then survey, plan, drain,
fan-out by a handler that writes rows, proof by SQL, restore.
Takes the servers of SPILLWAY_KAFKA_URL, SPILLWAY_RABBITMQ_URL and SPILLWAY_POSTGRES_URL where set.`

const RECORDS = { kafka: 1_000_000, rabbitmq: 100_000 } as const

/** `spillway rehearse` */
export const rehearseCommand = (io: Io) =>
  act<Flags, RehearseRequest>(
    declare({
      name: 'rehearse',
      summary: 'The whole playbook on a real broker of this machine',
      group: 'Practise:',
      after: REHEARSE,
      exits: ['0 complete', '1 failed or unbalanced', '2 could not start'],
    })
      .option('--broker <broker>', `${BROKERS.join(' or ')} (kafka)`)
      .option('--records <n>', 'backlog to build (1M; on RabbitMQ 100k)')
      .option('--no-database', 'without a PostgreSQL: consumers of the rehearsal work the lanes')
      .option('--keep', 'leave the lab running afterwards'),
    {
      io,
      parse: rehearseRequest,
      run: async (request, present) => (await import('../verbs/rehearse.js')).rehearse(request, io, present),
    },
  )

/** Throws a UserError with every problem of the command line. */
export const rehearseRequest = ({ flags, common, problems }: Given<Flags>): RehearseRequest => {
  const broker = problems.read('--broker', flags.broker, oneOf(BROKERS)) ?? 'kafka'
  return {
    ...common,
    broker,
    records: problems.read('--records', flags.records, parseCount) ?? RECORDS[broker],
    database: flags.database ?? true,
    keep: flags.keep ?? false,
  }
}

/** `spillway failpoints` */
export const failpointsCommand = (io: Io) =>
  act<object, FailpointsRequest>(
    declare({
      name: 'failpoints',
      summary: 'Points at which SPILLWAY_FAILPOINT=name[:n] kills the process, for crash tests',
      group: 'Practise:',
      after: 'Example:\n  spillway failpoints --output json',
      exits: ['0 done'],
    }),
    {
      io,
      parse: ({ common }) => common,
      run: async (request, present) => (await import('../verbs/failpoints.js')).failpoints(request, io, present),
    },
  )
