import { Command } from 'commander'
import { defined } from '../core/defined.js'
import { suggestion } from '../core/did-you-mean.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import { KAFKA_RELEASES, SASL_MECHANISMS } from '../lab/kafka/options.js'
import { DEFAULT_NAME, type DownRequest, SERVICES, type UpRequest } from '../lab/requests.js'
import { oneOf } from './choice.js'
import { labFillCommand } from './lab-fill.js'
import type { Problems } from './problems.js'
import { act, declare, type Given, withCommonFlags } from './verb.js'

type Named = { name?: string }
type UpFlags = Named & {
  brokers?: string
  version?: string
  sasl?: string
  tls?: boolean
  acl?: boolean
  heap?: string
}

/** `spillway lab up|status|fill|down` */
export function labCommand(io: Io): Command {
  const lab = new Command('lab').description('Real local brokers for a rehearsal').helpGroup('Practise:')
  const verbs = [upCommand(io), statusCommand(io), labFillCommand(io), downCommand(io)]
  for (const verb of verbs) lab.addCommand(verb)
  withCommonFlags(lab)
  // Flags of a misspelt verb are unknown here; the verb is what must be said.
  lab.argument('[verb]').allowUnknownOption().allowExcessArguments()
  return lab.action((word?: string) => {
    const verb = word?.startsWith('-') ? undefined : word
    const names = verbs.map(each => each.name())
    const hint = verb === undefined ? 'Write `spillway lab up`.' : suggestion(verb, names, 'verbs')
    throw new UserError(verb === undefined ? 'lab needs a verb' : `unknown command "lab ${verb}"`, { hint })
  })
}

const UP = `Examples:
  spillway lab up
  spillway lab up kafka --brokers 3 --version 3.9
  spillway lab up rabbitmq
  spillway lab up --name secure --sasl scram-sha-512 --tls --acl

Takes the Kafka of SPILLWAY_KAFKA_URL; else a running Docker engine; else Java 17
and Kafka's jars, fetched once by Maven. As root on Debian or Ubuntu it installs
Java and Maven by apt-get when they are missing, and says so.
RabbitMQ: the one of SPILLWAY_RABBITMQ_URL; else Docker; else rabbitmq-server of this
machine, which as root on Debian or Ubuntu is installed by apt-get when it is missing.
With --version 4 the RabbitMQ 4.0 of Debian 13, unpacked into the lab's folder.
With --sasl the users are admin (password admin-secret, may do everything) and
limited (limited-secret, no rights under --acl).`

const upCommand = (io: Io): Command =>
  act<UpFlags, UpRequest>(
    declare({
      name: 'up',
      summary: 'Start a real Kafka or RabbitMQ on this machine',
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
  const queues = args.length > 0 && args.every(service => service === 'rabbitmq')
  if (queues) refuseKafkaFlags(flags, problems)
  const rabbitVersion = queues ? problems.read('--version', flags.version, oneOf(['4'])) : undefined
  const version = queues ? undefined : problems.read('--version', flags.version, oneOf(['4.1', '3.9']))
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

/** Flags that mean nothing to RabbitMQ are a mistake where it is started alone. */
function refuseKafkaFlags({ brokers, sasl, acl, heap }: UpFlags, problems: Problems): void {
  const given = { '--brokers': brokers, '--sasl': sasl, '--acl': acl, '--heap': heap }
  for (const [flag, value] of Object.entries(given))
    if (value !== undefined) problems.add(flag, 'is for Kafka', 'Leave it away, or start kafka as well.')
}

const statusCommand = (io: Io): Command =>
  act<object, undefined>(
    declare({
      name: 'status',
      summary: 'The labs of this machine: address, version, brokers, ready or not',
      group: 'Lab:',
      after: 'Example:\n  spillway lab status --output json',
      exits: ['0 done'],
    }),
    {
      io,
      parse: () => undefined,
      run: async (_request, present) => (await import('../lab/status.js')).labStatus(io, present),
    },
  )

const downCommand = (io: Io): Command =>
  act<Named, DownRequest>(
    declare({
      name: 'down',
      summary: 'End a lab and remove its data',
      group: 'Lab:',
      after: 'Examples:\n  spillway lab down\n  spillway lab down --name secure\n\nEnds its own processes only.',
      exits: ['0 it is down', '2 could not start'],
    }).option('--name <name>', `name of the lab (${DEFAULT_NAME})`),
    {
      io,
      parse: ({ flags, problems }) => ({ name: problems.read('--name', flags.name, labName) ?? DEFAULT_NAME }),
      run: async (request, present) => (await import('../lab/down.js')).labDown(request, io, present),
    },
  )

const labName = (text: string): string => {
  if (/^[a-z0-9][a-z0-9-]*$/.test(text)) return text
  throw new UserError(`"${text}" cannot name a lab`, { hint: 'Use a-z, 0-9 and -.' })
}

const heapSize = (text: string): string => {
  if (/^\d+[mg]$/i.test(text)) return text
  throw new UserError(`"${text}" is not a heap size`, { hint: 'Write 512m or 1g.' })
}
