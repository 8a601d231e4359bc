import { rm } from 'node:fs/promises'
import type { RehearseRequest } from '../commands/requests.js'
import { defined } from '../core/defined.js'
import { verifyPlan } from '../core/digest.js'
import type { DrainPlan } from '../core/plan.js'
import { isDrainPlan } from '../core/plan-names.js'
import { formatCount, formatDuration } from '../core/quantity.js'
import { Bug, EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { listRuns, openRun } from '../journal/runs.js'
import { labHome } from '../lab/home.js'
import { describeLab } from '../lab/report.js'
import { classify, errorDocument } from '../present/error.js'
import { toPrettyJson } from '../present/json.js'
import type { Database } from './rehearse/database.js'
import { type GroundRequest, labName, makeHome } from './rehearse/ground.js'
import type { Ground } from './rehearse/night.js'
import type { Outcome } from './rehearse/orders/scene.js'
import { play } from './rehearse/playbook.js'
import { Stage } from './rehearse/stage.js'

/**
 * Plays the whole night on a real broker and a real database: lab, backlog, survey, plan, drain, fan-out, proof, restore. Sets `io.exitCode`. Throws
 * what a step throws, after the lab was ended and the steps so far were printed.
 */
export async function rehearse(request: RehearseRequest, io: Io, present: Presentation): Promise<void> {
  const stage = new Stage(io, present)
  const began = performance.now()
  const set: Set = { home: await makeHome(io.env) }
  const failure = await perform(request, stage, set).then(
    () => undefined,
    (reason: unknown) => ({ reason }),
  )
  await leave(request, stage, set)
  const seconds = Math.round((performance.now() - began) / 1000)
  tell(stage, { scenario: request.scenario, records: request.records, seconds, ...set.done }, failure)
  if (failure !== undefined) throw failure.reason
  io.exitCode = EXIT.complete
}

/** What a rehearsal has built so far, known to whoever clears it away. */
type Set = {
  readonly home: string
  ground?: Ground
  database?: Database
  done?: Partial<Outcome> & { readonly run: string }
}

async function perform(request: RehearseRequest, stage: Stage, set: Set): Promise<void> {
  const { scenario, broker, keep, records } = request
  const { io, present } = stage
  const say = (line: string) => void (present.quiet || io.err.write(`lab: ${line}\n`))
  stage.say('In a clone, `spillway` is `node bin/spillway.js`.\n')
  const { name, up } = BROKERS[broker]
  const { home } = set
  await stage.own(`A real ${name} on this machine`, `${up} --name ${labName()}`, async () => {
    set.ground = await takeGround(broker, { keep, say }, io)
    const { report, names } = set.ground
    return { text: describeLab(report), result: { report, ...names } }
  })
  if (set.ground === undefined) throw new Bug('A rehearsal has no ground')
  if (request.database) await addDatabase(scenario, { how: { keep, say }, stage, set })
  const { ground, database } = set
  const { night } = ground
  const env = { ...io.env, ...night.env, SPILLWAY_HOME: home, SPILLWAY_LAB: labHome(io.env) }
  const scene = { records, home, env }
  if (scenario === 'backlog') set.done = { run: await play({ night, ...scene, ...defined({ database }) }, stage) }
  else if (database === undefined) throw new Bug('A rehearsal with orders has no database')
  else {
    const { playOrders } = await import('./rehearse/orders/play.js')
    set.done = await playOrders({ scenario, ground, database, ...scene }, stage)
  }
}

type Adding = { readonly how: GroundRequest; readonly stage: Stage; readonly set: Set }

async function addDatabase(scenario: RehearseRequest['scenario'], { how, stage, set }: Adding): Promise<void> {
  const title = scenario === 'backlog' ? 'A real database, for the handler' : 'A real database, which has the orders'
  await stage.own(title, `spillway lab up postgres --name ${labName()}`, async () => {
    const { handlerTables, takeDatabase } = await import('./rehearse/database.js')
    const tables =
      scenario === 'backlog' ? await handlerTables() : (await import('./rehearse/orders/shop.js')).ORDER_TABLES
    set.database = await takeDatabase(how, stage.io, tables)
    const { report } = set.database
    return { text: describeLab(report), result: { report } }
  })
}

const BROKERS = {
  kafka: { name: 'Kafka', up: 'spillway lab up' },
  rabbitmq: { name: 'RabbitMQ', up: 'spillway lab up rabbitmq' },
} as const

/** Loads the one client that is needed. */
const takeGround = async (broker: RehearseRequest['broker'], how: GroundRequest, io: Io): Promise<Ground> =>
  broker === 'kafka'
    ? (await import('./rehearse/kafka/ground.js')).takeKafka(how, io)
    : (await import('./rehearse/rabbitmq/ground.js')).takeRabbit(how, io)

/** Ends the lab and forgets the run, or says how to look at them and how to end them. */
async function leave({ keep }: RehearseRequest, stage: Stage, { ground, database, home }: Set): Promise<void> {
  if (!keep) {
    await Promise.all([plansIn(home).then(plans => ground?.clear(plans)), database?.clear()])
    await rm(home, { recursive: true, force: true })
    stage.say('\nThe lab and all that was in it are gone (--keep leaves them).\n')
  } else if (ground !== undefined) {
    const both = [ground, ...(database === undefined ? [] : [database])]
    const ours = both.some(({ leaves }) => leaves === undefined) ? [`spillway lab down --name ${labName()}`] : []
    const ends = [...(ground.leaves === undefined ? [] : [GIVEN]), ...ours, `rm -r ${home}`]
    const left = both.flatMap(({ leaves = [] }) => leaves)
    stage.say(`\nKept. To look around:  export SPILLWAY_HOME=${home} SPILLWAY_LAB=${labHome(stage.io.env)}\n`)
    stage.say(`To end it:             ${ends.join('; ')}\n`)
    if (left.length > 0) stage.say(`What is left then:     ${left.join(' and ')}, which are yours to delete\n`)
  }
}

/** A broker that was given stays, and the runs of a kept rehearsal are ended as any others. */
const GIVEN = 'spillway runs; spillway restore RUN --execute'

/** Plans of the drains that a rehearsal has made: one, or none where it failed before its drain. */
async function plansIn(home: string): Promise<DrainPlan[]> {
  const plans: DrainPlan[] = []
  for (const run of await listRuns(home)) {
    const plan = verifyPlan(await (await openRun(home, run)).plan())
    if (isDrainPlan(plan)) plans.push(plan)
  }
  return plans
}

type Facts = Partial<Outcome> & {
  readonly scenario: RehearseRequest['scenario']
  readonly records: number
  readonly seconds: number
}

function tell(stage: Stage, facts: Facts, failure: { reason: unknown } | undefined): void {
  const { io, present, steps } = stage
  if (present.format === 'json') {
    const error = failure && errorDocument(classify(failure.reason, io.soft), io.secrets)
    const { sentence: _words, ...told } = facts
    io.out.write(toPrettyJson({ passed: failure === undefined, ...told, ...(error ? { error } : {}), steps }))
  } else if (failure === undefined) {
    const all = `${formatCount(facts.records)} messages, none lost, none twice, all in key order`
    stage.say(`REHEARSAL PASSED in ${formatDuration(facts.seconds)}: ${facts.sentence ?? all}\n`)
  }
}
