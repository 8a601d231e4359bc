import { fraction } from '../../../src/lab/fill/random.js'
import { type Life, lastWords } from '../life.js'
import type { Ended } from '../processes.js'
import type { Blow, Order, Scene, System, Verdict, World } from '../scene.js'
import { judge, type Truth } from './judge.js'
import type { Queues } from './queues.js'
import { laneQueuesOf, told, wrongSheet } from './sheet.js'
import { MODES, type Pairing } from './sources.js'
import { takeAll } from './witness.js'

/** What all copies of a chaos run on RabbitMQ share. */
export type RabbitWorld = World & {
  readonly queues: Queues
  /** The port through which `spillway` reaches the broker: of a proxy, where connections are to be cut. */
  readonly port: number
  /** The share of copies that have a rate, without which a small queue is drained before a kill comes. */
  readonly paced: number
}

const LANES = ['2', '5', '10'] as const
/** The management API tells of messages unacked that are gone already. */
const LAG = '30s'
/** Most kills of a restore or an undo. */
const LATE_KILLS = 3

/** RabbitMQ's part in the loop: queues that are drained and then restored or undone, which pika then compares with what they held. */
export const rabbitSystem = (world: RabbitWorld, blows: readonly Blow[]): System<Pairing> => ({
  blows,
  scene: order => sceneOf(world, order),
})

async function sceneOf(world: RabbitWorld, order: Order<Pairing>): Promise<Scene> {
  const { queues } = world
  const queue = `${order.name}-${order.source}`
  const truth = await queues.fill(queue, order.source)
  const settings = drawSettings(world, truth.size)
  const begin = ['drain', addressOf(world, queue), ...MODES[order.mode], ...settings, '--execute', '--yes']
  const subject = { world, queue, truth, order }
  return {
    settings: settings.join(' '),
    messages: truth.size,
    begin,
    always: ['--management', queues.place.managementUrl],
    conclude: (life, ended) => conclude(subject, life, ended),
    tidy: () => queues.remove(queue),
  }
}

/** The address of a queue of the lab. */
export const addressOf = ({ queues, port }: RabbitWorld, queue: string): string =>
  `amqp://guest:guest@127.0.0.1:${port}/${queues.place.vhost === '/' ? '' : queues.place.vhost}/${queue}`

function drawSettings({ random, paced }: RabbitWorld, messages: number): string[] {
  const draw = () => fraction(random())
  const rate = draw() < paced ? ['--rate', String(Math.ceil(messages / (2 + 3 * draw())))] : []
  const first = draw() < 0.3 ? ['--first', String(Math.ceil(messages * draw()))] : []
  return ['--lanes', LANES[Math.floor(draw() * LANES.length)] as string, ...rate, ...first]
}

type Subject = {
  readonly world: RabbitWorld
  readonly queue: string
  readonly truth: Truth
  readonly order: Order<Pairing>
}

async function conclude(subject: Subject, life: Life, { out }: Ended): Promise<Verdict> {
  const { world, truth, queue } = subject
  const drained = told(out)
  const sheet = [
    ...wrongSheet(drained, truth.size),
    ...((await world.queues.isUnlocked(queue)) ? [] : ['still locked']),
  ]
  if (sheet.length > 0) return { found: '', problems: sheet }
  const undo = fraction(world.random()) < 0.4
  return undo ? afterUndo(subject, life, drained.run) : afterRestore(subject, life, drained)
}

/** The lanes are read off, and then everything temporary is taken away. */
async function afterRestore(subject: Subject, life: Life, drained: ReturnType<typeof told>): Promise<Verdict> {
  const { world, queue, truth, order } = subject
  const { place } = world.queues
  const copies = await takeAll(place, await laneQueuesOf(life.home, drained.run))
  const left = await takeAll(place, [queue])
  const { problems, twice } = judge([...copies, ...left], truth, { order: order.mode !== 'none' })
  const most = drained.duplicatesAtMost
  const wrong = [
    ...problems,
    ...(left.length === 0 ? [] : [`${left.length} left in the source`]),
    ...(twice > most ? [`${twice} there twice, ${most} at most by the report`] : []),
  ]
  if (wrong.length > 0) return { found: '', problems: wrong }
  const away = await takeAway(subject, life, ['restore', drained.run, '--execute', '--yes', '--wait', LAG])
  return { found: `whole in the lanes, ${twice} twice of ${most} at most, restored`, problems: away }
}

/** Everything goes back. */
async function afterUndo(subject: Subject, life: Life, run: string): Promise<Verdict> {
  const { world, queue, truth, order } = subject
  const away = await takeAway(subject, life, ['restore', run, '--undo', '--execute', '--yes', '--wait', LAG])
  if (away.length > 0) return { found: '', problems: away }
  const { problems, twice } = judge(await takeAll(world.queues.place, [queue]), truth, { order: order.mode !== 'none' })
  const said = await life.ask(['status', run])
  const { duplicatesAtMost: most, envelope } = told(said.out)
  const wrong = [
    ...problems,
    ...(envelope.state === 'undone' ? [] : [`state is ${envelope.state}, should be undone`]),
    ...(twice > most ? [`${twice} there twice after the undo, ${most} at most by the report`] : []),
  ]
  return { found: `whole in the source, ${twice} twice of ${most} at most, undone`, problems: wrong }
}

/** Gives a command at the risk of kills until it is done; says what is wrong then. */
async function takeAway({ world, queue }: Subject, life: Life, args: readonly string[]): Promise<readonly string[]> {
  for (let kills = 0; kills < LATE_KILLS && fraction(world.random()) < 0.6; kills++) await life.risk(args)
  const ended = await life.live(args)
  if (ended.code !== 0) return [`${args.join(' ')} ended with ${ended.code ?? ended.signal}`, ...lastWords(ended)]
  const traces = await world.queues.traces(queue)
  return traces.length === 0 ? [] : [`left behind: ${traces.join(', ')}`]
}
