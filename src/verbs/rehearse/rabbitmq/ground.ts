import { connect, type RabbitLink } from '../../../brokers/rabbitmq/link.js'
import { removeQueue } from '../../../brokers/rabbitmq/practise/remove-queue.js'
import { asQueue, parseAddress } from '../../../core/address.js'
import type { DrainPlan } from '../../../core/plan.js'
import { isQueuePlan } from '../../../core/plan-names.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import { temporaryQueueBase } from '../../../core/temporary-queue.js'
import { RunError, UserError } from '../../../errors.js'
import type { Io } from '../../../io.js'
import { labHome } from '../../../lab/home.js'
import { exchangeOf } from '../../../lab/rabbitmq/fill/queue.js'
import { givenRabbit } from '../../../lab/rabbitmq/given.js'
import { inspectRabbit } from '../../../lab/rabbitmq/report.js'
import { startRabbit } from '../../../lab/rabbitmq/start.js'
import { readRabbit } from '../../../lab/rabbitmq/state.js'
import { rabbitConnectionOf, rabbitLayers } from '../../../settings/rabbit-connection.js'
import { type GroundRequest, labName } from '../ground.js'
import type { Ground } from '../night.js'
import { rabbitNight } from './night.js'

/**
 * Starts a RabbitMQ, or takes the one of SPILLWAY_RABBITMQ_URL. Without `keep` it belongs to this process: should that be
 * killed, the next lab ends it. Throws a UserError where nothing here can run one.
 */
export async function takeRabbit({ keep, say }: GroundRequest, io: Io): Promise<Ground> {
  const { env } = io
  if (env.SPILLWAY_RABBITMQ_URL) return given(env.SPILLWAY_RABBITMQ_URL, env)
  const home = labHome(env)
  const lab = await startRabbit({ name: labName(), home, keep, stop: io.soft }, say)
  const state = await readRabbit(home, lab.name)
  if (state === undefined) throw new RunError(`The lab ${lab.name} was taken down while it started`)
  const { settings, managementUrl: management } = lab
  const server = { host: settings.host, port: settings.port, tls: false }
  const names = { queue: 'orders' }
  const night = rabbitNight({ server, settings, ...names, management })
  const report = { name: lab.name, rabbitmq: await inspectRabbit(home, state) }
  return { report, names, night, place: { settings, ...names }, clear: () => lab.stop() }
}

/** On a RabbitMQ of the user's the names are our own, and go again. */
async function given(url: string, env: Io['env']): Promise<Ground> {
  const rabbitmq = await givenRabbit(url)
  const place = parseAddress(url)
  const address = asQueue(place.address)
  const { server } = address
  if (server === undefined) throw new UserError('SPILLWAY_RABBITMQ_URL names no server')
  const layers = rabbitLayers({ ...place, address }, undefined, { env, management: undefined })
  const settings = await rabbitConnectionOf(layers, undefined)
  const queue = `orders-${labName()}`
  const clear = async (runs: readonly DrainPlan[]) => {
    await using link = await connect(settings, 'rehearse')
    for (const plan of runs.filter(isQueuePlan)) await removeLanes(link, plan)
    await removeQueue(link, queue, exchangeOf(queue))
  }
  const report = { name: 'given', rabbitmq }
  const leaves = `queue ${queue} and exchange ${exchangeOf(queue)}`
  const own = { settings, queue }
  return { report, names: { queue }, night: rabbitNight({ server, ...own }), place: own, clear, leaves }
}

/** A rehearsal that failed after its drain leaves lanes, with messages that nobody misses; one that failed in an undo, its exchange. */
async function removeLanes(link: RabbitLink, { queue, run, laneQueues }: QueuePlan): Promise<void> {
  for (const lane of laneQueues) await removeQueue(link, lane, lane)
  await removeQueue(link, queue, `${temporaryQueueBase(queue, run)}.undo`)
}
