import { join } from 'node:path'
import { fraction } from '../../../src/lab/fill/random.js'
import { type Life, lastWords } from '../life.js'
import { paired } from '../options.js'
import type { Ended } from '../processes.js'
import type { Blow, Order, Scene, System, Verdict } from '../scene.js'
import { differences } from '../sheet.js'
import { archivedCopies } from './archived.js'
import { addressOf, type RabbitWorld } from './copy.js'
import { judge, type Truth } from './judge.js'
import { told } from './sheet.js'
import { SOURCES, type SourceName } from './sources.js'
import { takeAll } from './witness.js'

/** How a prefix is chosen. All is older than a century from now on. */
export const SCOPES = { all: ['--all'], most: ['--all'], age: ['--until', '2100-01-01T00:00Z'] } as const

export type Discarding = { readonly mode: keyof typeof SCOPES; readonly source: SourceName }

/** Every scope with every source, or those that a word names: `all`, `quorum`, `age/quorum`. */
export const discards = (words: readonly string[]): readonly Discarding[] =>
  paired({ modes: SCOPES, sources: SOURCES }, words)

/** Discards on RabbitMQ in the loop: queues that are let go, and whose archive pika then compares with what they held. */
export const discardSystem = (world: RabbitWorld, blows: readonly Blow[]): System<Discarding> => ({
  blows,
  scene: order => sceneOf(world, order),
})

async function sceneOf(world: RabbitWorld, order: Order<Discarding>): Promise<Scene> {
  const { queues } = world
  const queue = `${order.name}-${order.source}`
  const truth = await queues.fill(queue, order.source)
  const goes = order.mode === 'most' ? Math.ceil(truth.size * fraction(world.random())) : truth.size
  const settings = drawSettings(world, truth.size)
  const most = order.mode === 'most' ? ['--max-messages', String(goes)] : []
  const scope = [...SCOPES[order.mode], ...most, ...settings]
  return {
    settings: [...most, ...settings].join(' '),
    messages: truth.size,
    begin: ['discard', addressOf(world, queue), ...scope, '--confirm', queue, '--execute', '--yes'],
    always: ['--management', queues.place.managementUrl],
    conclude: (life, ended) => conclude({ world, queue, truth, goes }, life, ended),
    tidy: () => queues.remove(queue),
  }
}

/** Slow enough for some kills to meet it at work. */
function drawSettings({ random, paced }: RabbitWorld, messages: number): string[] {
  const draw = () => fraction(random())
  return draw() < paced ? ['--rate', String(Math.ceil(messages / (2 + 3 * draw())))] : []
}

type Subject = {
  readonly world: RabbitWorld
  readonly queue: string
  readonly truth: Truth
  /** Messages that were to go. */
  readonly goes: number
}

/** What is gone must be in the archive, byte for byte; what was not to go must be in the queue. */
async function conclude({ world, queue, truth, goes }: Subject, life: Life, { out }: Ended): Promise<Verdict> {
  const { run, envelope, duplicatesAtMost: most } = told(out)
  const { state, balanced, ledger } = envelope
  const wanted = { state: 'complete', balanced: true, read: goes, written: 0, parked: 0, dropped: goes }
  const archive = await archivedCopies(join(life.home, 'runs', run, 'archive'))
  const left = await takeAll(world.queues.place, [queue])
  const { problems, twice } = judge([...archive, ...left], truth, { order: false })
  const verified = await life.ask(['archive', 'verify', run])
  const wrong = [
    ...differences('envelope', { state, balanced, ...ledger }, wanted),
    ...((await world.queues.isUnlocked(queue)) ? [] : ['still locked']),
    ...problems,
    ...(left.length === truth.size - goes ? [] : [`${left.length} left in the queue, should be ${truth.size - goes}`]),
    ...(twice === most ? [] : [`${twice} there twice, ${most} by the report`]),
    ...(verified.code === 0 ? [] : [`archive verify ended with ${verified.code}`, ...lastWords(verified)]),
  ]
  return { found: `whole in the archive, ${twice} twice`, problems: wrong }
}
