import type { Command } from 'commander'
import { defined } from '../core/defined.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import { KAFKA_RELEASES, SASL_MECHANISMS } from '../lab/kafka/options.js'
import { DEFAULT_NAME, SERVICES, type UpRequest } from '../lab/requests.js'
import { oneOf } from './choice.js'
import type { Problems } from './problems.js'
import { act, declare, type Given } from './verb.js'

type UpFlags = {
  name?: string
  brokers?: string
  version?: string
  sasl?: string
  tls?: boolean
  acl?: boolean
  heap?: string
}

const UP = `Examples:
  spillway lab up
  spillway lab up kafka --brokers 3 --version 3.9
  spillway lab up rabbitmq postgres mysql
  spillway lab up --name secure --sasl scram-sha-512 --tls --acl

Takes the Kafka of SPILLWAY_KAFKA_URL; else a running Docker engine; else Java 17
and Kafka's jars, fetched once by Maven. As root on Debian or Ubuntu it installs
Java and Maven by apt-get when they are missing, and says so.
RabbitMQ: the one of SPILLWAY_RABBITMQ_URL; else Docker; else rabbitmq-server of this
machine, which as root on Debian or Ubuntu is installed by apt-get when it is missing.
With --version 4 the RabbitMQ 4.0 of Debian 13, unpacked into the lab's folder.
PostgreSQL: the one of SPILLWAY_POSTGRES_URL; else Docker; else this machine's, which is
installed likewise. Its password is in the file that is printed, for PGPASSFILE.
MySQL is a MariaDB: the one of SPILLWAY_MYSQL_URL; else Docker; else this machine's,
which is installed likewise. Its login is in the file that is printed.
With --sasl the users are admin (password admin-secret, may do everything) and
limited (limited-secret, no rights under --acl).`

/** `spillway lab up` */
export const upCommand = (io: Io): Command =>
  act<UpFlags, UpRequest>(
    declare({
      name: 'up',
      summary: 'Start a real Kafka, RabbitMQ, PostgreSQL or MariaDB on this machine',
      group: 'Lab:',
      after: UP,
      exits: ['0 it answers', '2 could not start'],
    })
      .argument('[service...]', `what to start: ${SERVICES.join(', ')} (kafka)`)
      .option('--brokers <n>', '1 or 3 (1)')
      .option('--version <version>', `Kafka ${Object.keys(KAFKA_RELEASES).join(' or ')} (4.1); of RabbitMQ alone 4`)
      .option('--sasl <mechanism>', `clients log in: ${SASL_MECHANISMS.join(', ')}`)
      .option('--tls', 'clients use TLS, with a CA of the lab')
      .option('--acl', 'StandardAuthorizer; needs --sasl')
      .option('--heap <size>', 'largest heap of a broker (512m)')
      .option('--name <name>', `name of the lab, so that several can run (${DEFAULT_NAME})`),
    {
      io,
      parse: upRequest,
      run: async (request, present) => (await import('../lab/up.js')).labUp(request, io, present),
    },
  )

/** Throws a UserError with every problem of the command line. */
export function upRequest({ args, flags, problems }: Given<UpFlags>): UpRequest {
  const named = args.map(service => problems.read('service', service, oneOf(SERVICES)))
  const services = args.length === 0 ? (['kafka'] as const) : [...new Set(named.filter(each => each !== undefined))]
  // A misspelt service may be kafka: its flags are no second mistake then.
  const kafka = args.length === 0 || !args.every(service => service === 'rabbitmq' || isDatabase(service))
  if (!kafka) refuseKafkaFlags(flags, problems)
  if (!kafka && !args.includes('rabbitmq')) refuseBrokerFlags(flags, problems)
  const rabbitVersion = kafka ? undefined : problems.read('--version', flags.version, oneOf(['4']))
  const version = kafka ? problems.read('--version', flags.version, oneOf(['4.1', '3.9'])) : undefined
  const sasl = problems.read('--sasl', flags.sasl, oneOf(SASL_MECHANISMS))
  if (flags.acl && flags.sasl === undefined) problems.add('--acl', 'needs a login', 'Add `--sasl plain`.')
  return {
    services,
    name: problems.read('--name', flags.name, labName) ?? DEFAULT_NAME,
    brokers: problems.read('--brokers', flags.brokers, oneOf(['1', '3'])) === '3' ? 3 : 1,
    version: version ?? '4.1',
    tls: flags.tls ?? false,
    acl: flags.acl ?? false,
    ...defined({ rabbitVersion, sasl, heap: problems.read('--heap', flags.heap, heapSize) }),
  }
}

const isDatabase = (service: string): boolean => service === 'postgres' || service === 'mysql'

/** Flags that only Kafka has are a mistake where it is not started. */
function refuseKafkaFlags({ brokers, sasl, acl, heap }: UpFlags, problems: Problems): void {
  const given = { '--brokers': brokers, '--sasl': sasl, '--acl': acl, '--heap': heap }
  for (const [flag, value] of Object.entries(given))
    if (value !== undefined) problems.add(flag, 'is for Kafka', 'Leave it away, or start kafka as well.')
}

/** The lab's databases have neither a choice of versions nor TLS. */
function refuseBrokerFlags({ version, tls }: UpFlags, problems: Problems): void {
  for (const [flag, value] of Object.entries({ '--version': version, '--tls': tls }))
    if (value !== undefined) problems.add(flag, 'is for a broker', 'Leave it away, or start a broker as well.')
}

/** The name of a lab, which is the name of its folder. Throws UserError. */
export const labName = (text: string): string => {
  if (/^[a-z0-9][a-z0-9-]*$/.test(text)) return text
  throw new UserError(`"${text}" cannot name a lab`, { hint: 'Use a-z, 0-9 and -.' })
}

const heapSize = (text: string): string => {
  if (/^\d+[mg]$/i.test(text)) return text
  throw new UserError(`"${text}" is not a heap size`, { hint: 'Write 512m or 1g.' })
}
