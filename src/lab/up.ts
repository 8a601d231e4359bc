import { UserError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { toJson } from '../present/json.js'
import { type Database, variableOf } from './database/database.js'
import { raiseDatabase } from './database/raise.js'
import { givenKafka } from './given.js'
import { labHome } from './home.js'
import { inspectLab } from './inspect.js'
import { runnerOf } from './kafka/find.js'
import { KAFKA_RELEASES } from './kafka/options.js'
import { bringUp } from './kafka/running.js'
import { startKafka } from './kafka/start.js'
import { type LabState, labFolder, readState } from './kafka/state.js'
import { MYSQL } from './mysql/mysql.js'
import { POSTGRES } from './postgres/postgres.js'
import { raiseRabbit } from './rabbitmq/raise.js'
import { describeLab, type LabReport, type LabView } from './report.js'
import type { Service, UpRequest } from './requests.js'

type Say = (line: string) => void

/** `spillway lab up`: servers that answer, each started only where there is none of this name yet. */
export async function labUp(request: UpRequest, io: Io, present: Presentation): Promise<void> {
  const say = (line: string) => void (present.quiet || io.err.write(`lab: ${line}\n`))
  const views: LabView[] = []
  for (const service of request.services) views.push(await RAISE[service](request, io, say))
  const report: LabView = Object.assign({ name: request.name }, ...views)
  io.out.write(present.format === 'json' ? toJson(report) : describeLab(report))
}

async function raiseQueue(request: UpRequest, io: Io, say: Say): Promise<LabView> {
  const given = io.env.SPILLWAY_RABBITMQ_URL
  const rabbitmq = await raiseRabbit(request, { home: labHome(io.env), given, say, stop: io.soft })
  return { name: given ? 'given' : request.name, rabbitmq }
}

const raiseRows =
  (database: Database) =>
  async ({ name }: UpRequest, io: Io, say: Say): Promise<LabView> => {
    const given = io.env[variableOf(database)]
    const report = await raiseDatabase(database, name, { home: labHome(io.env), given, say, stop: io.soft })
    return { name: given ? 'given' : name, [database.service]: report }
  }

async function raise(request: UpRequest, io: Io, say: Say): Promise<LabReport> {
  if (io.env.SPILLWAY_KAFKA_URL) {
    say('using the Kafka of SPILLWAY_KAFKA_URL')
    return givenKafka(io.env.SPILLWAY_KAFKA_URL)
  }
  const home = labHome(io.env)
  const known = await readState(home, request.name)
  if (known !== undefined) return again(home, known, { request, say, stop: io.soft })
  await startKafka({ ...request, home, keep: true, stop: io.soft }, say)
  const started = await readState(home, request.name)
  if (started === undefined) throw new UserError(`The lab ${request.name} was taken down while it started`)
  return inspectLab(home, started)
}

const RAISE: Readonly<Record<Service, (request: UpRequest, io: Io, say: Say) => Promise<LabView>>> = {
  kafka: raise,
  rabbitmq: raiseQueue,
  postgres: raiseRows(POSTGRES),
  mysql: raiseRows(MYSQL),
}

async function again(
  home: string,
  state: LabState,
  { request, say, stop }: { request: UpRequest; say: Say; stop: AbortSignal },
): Promise<LabReport> {
  const difference = firstDifference(state, request)
  if (difference !== undefined) {
    throw new UserError(`The lab ${request.name} is there already, with another ${difference}`, {
      hint: `End it (\`spillway lab down --name ${request.name}\`), or start another beside it with --name.`,
    })
  }
  const runner = runnerOf(state)
  const up = await Promise.all(state.nodes.map(node => runner.isUp(node)))
  const ids = state.nodes.filter((_, index) => !up[index]).map(node => node.id)
  if (ids.length === 0) say(`the lab ${request.name} is running already`)
  else say(`starting broker ${ids.join(' and ')} of the lab ${request.name} again, over its data`)
  const now = ids.length === 0 ? state : await bringUp(labFolder(home, request.name), state, { runner, ids, stop })
  return inspectLab(home, now)
}

/** The first thing in which a running lab is not what is asked for, or undefined. */
export function firstDifference({ options, release, nodes }: LabState, request: UpRequest): string | undefined {
  const pairs = {
    version: [release, KAFKA_RELEASES[request.version]],
    'number of brokers': [nodes.length, request.brokers],
    'SASL mechanism': [options.sasl, request.sasl],
    'TLS setting': [options.tls ?? false, request.tls],
    'ACL setting': [options.acl ?? false, request.acl],
  }
  return Object.entries(pairs).find(([, [is, wanted]]) => is !== wanted)?.[0]
}
