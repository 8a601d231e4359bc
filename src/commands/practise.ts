import { parseCount } from '../core/count.js'
import type { Io } from '../io.js'
import { BROKERS, SCENARIOS } from '../lab/requests.js'
import { oneOf } from './choice.js'
import type { Problems } from './problems.js'
import type { Common, FailpointsRequest, RehearseRequest } from './requests.js'
import { act, declare, type Given } from './verb.js'

type Flags = { scenario?: string; broker?: string; records?: string; database?: boolean; keep?: boolean }

const REHEARSE = `Examples:
  spillway rehearse --records 1M
  spillway rehearse --broker rabbitmq
  spillway rehearse --scenario ttl
  spillway rehearse --scenario full

Starts a real broker and a PostgreSQL on this machine, fills a backlog, then survey, plan, drain,
fan-out by a handler that writes rows, proof by SQL, restore. Scenario ttl: messages expire in
a queue, are found by reconcile and sent again from the database. Scenario full: a queue is full,
is let go into an archive, and comes back at night. Both are on RabbitMQ.
Takes the servers of SPILLWAY_KAFKA_URL, SPILLWAY_RABBITMQ_URL and SPILLWAY_POSTGRES_URL where set.`

const RECORDS = { kafka: 1_000_000, rabbitmq: 100_000 } as const
/** Orders of the day in the scenarios that are about orders; so many, so that one in ten is a whole number, of each half-hour. */
const ORDERS = 10_000
const LEAST_ORDERS = 100
const PARTS_OF_DAY = 20

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
      .option('--scenario <name>', `${SCENARIOS.join(', ')} (backlog)`)
      .option('--broker <broker>', `${BROKERS.join(' or ')} (kafka; ttl and full: rabbitmq)`)
      .option('--records <n>', 'backlog to build (1M; on RabbitMQ 100k), or orders of ttl and full (10k)')
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
  const scenario = problems.read('--scenario', flags.scenario, oneOf(SCENARIOS)) ?? 'backlog'
  const isBacklog = scenario === 'backlog'
  const broker = problems.read('--broker', flags.broker, oneOf(BROKERS)) ?? (isBacklog ? 'kafka' : 'rabbitmq')
  const records = problems.read('--records', flags.records, parseCount) ?? (isBacklog ? RECORDS[broker] : ORDERS)
  const request = { scenario, broker, records, database: flags.database ?? true, keep: flags.keep ?? false }
  if (!isBacklog) checkOrders(request, problems)
  return { ...common, ...request }
}

/** What the scenarios about orders cannot do. */
function checkOrders(
  { scenario, broker, records, database }: Omit<RehearseRequest, keyof Common>,
  problems: Problems,
): void {
  if (broker === 'kafka')
    problems.add('--broker', `scenario ${scenario} is about a queue, and Kafka has none`, 'Leave --broker away.')
  if (!database) problems.add('--no-database', `the orders of scenario ${scenario} are in a database`, 'Leave it away.')
  if (records < LEAST_ORDERS || records % PARTS_OF_DAY !== 0)
    problems.add(
      '--records',
      `${records} orders are no multiple of ${PARTS_OF_DAY} from ${LEAST_ORDERS} on`,
      'Write --records 10k.',
    )
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
