import { join } from 'node:path'
import { deleteGroup } from '../../../src/brokers/kafka/admin/deletions.js'
import { committedOffsets } from '../../../src/brokers/kafka/admin/offsets.js'
import { fraction, type Random } from '../../../src/lab/fill/random.js'
import { paired } from '../options.js'
import type { Blow, Order, Scene, System } from '../scene.js'
import { differences, type Envelope, readPlan } from '../sheet.js'
import { archiveProblems } from './archived.js'
import type { Backlog } from './backlogs.js'
import type { KafkaWorld } from './copy.js'
import { SOURCES, type SourceName } from './sources.js'

/** How a prefix is chosen. All is older than a minute from now on. */
export const SCOPES = { all: ['--all'], age: ['--until', '2100-01-01T00:00Z'] } as const

/** Which prefix of which source. */
export type Discarding = { readonly mode: keyof typeof SCOPES; readonly source: SourceName }

/** Every scope with every source, or those that a word names: `all`, `lz4`, `age/lz4`. */
export const discards = (words: readonly string[]): readonly Discarding[] =>
  paired({ modes: SCOPES, sources: SOURCES }, words)

/** Discards on Kafka in the loop: groups that each let go of a backlog, whose archive is then compared with the broker's own segments. */
export const discardSystem = (world: KafkaWorld, blows: readonly Blow[] = []): System<Discarding> => ({
  blows,
  scene: order => sceneOf(world, order),
})

async function sceneOf(world: KafkaWorld, order: Order<Discarding>): Promise<Scene> {
  const { place, link, backlogs, random } = world
  const backlog = await backlogs.for(order.source, order.name)
  const settings = drawSettings(random, order, backlog.truth.records)
  const address = `kafka://${place.brokers.join(',')}/${backlog.topic}?group=${order.name}`
  return {
    settings: settings.slice(1).join(' '),
    messages: backlog.truth.records,
    begin: ['discard', address, ...settings, '--execute', '--consumers-stopped', '--confirm', backlog.topic],
    always: [],
    conclude: async ({ home }, { out }) => ({
      found: 'records kept exactly',
      problems: await violations(world, { home, backlog, printed: out }),
    }),
    tidy: () => deleteGroup(link, order.name),
  }
}

/** Slow enough for some kills to meet it at work. */
function drawSettings(random: Random, { mode }: Order<Discarding>, records: number): string[] {
  const draw = () => fraction(random())
  const rate = draw() < 0.85 ? ['--rate', String(Math.ceil(records / (1.5 + 2.5 * draw())))] : []
  return [...SCOPES[mode], ...rate]
}

type Claims = { readonly home: string; readonly backlog: Backlog; readonly printed: string }
type Plan = {
  readonly topic: string
  readonly group: string
  readonly lanes: readonly { lane: string; from: string; to: string }[]
}

/** Everything that is wrong with a discard that says it is complete; empty when all is kept that went, and nothing else. */
async function violations({ link }: KafkaWorld, { home, backlog, printed }: Claims): Promise<readonly string[]> {
  const envelope: Envelope = JSON.parse(printed)
  const { topic, group, lanes } = await readPlan<Plan>(home, envelope.run)
  const { records } = backlog.truth
  const { state, balanced, ledger } = envelope
  const commits = (await committedOffsets(link, group, { topic, stable: true })).get(topic)
  const folder = join(home, 'runs', envelope.run, 'archive')
  return [
    ...differences('envelope', { state, balanced, ...ledger }, sheet(records)),
    ...lanes.flatMap(({ lane, to }) => {
      const { offset, metadata } = commits?.get(Number(lane)) ?? {}
      return differences(`group on partition ${lane}`, { offset, metadata }, { offset: to, metadata: '' })
    }),
    ...(await archiveProblems(link, { folder, topic, lanes, records })),
  ]
}

const sheet = (records: number) => ({
  state: 'complete',
  balanced: true,
  read: records,
  written: 0,
  parked: 0,
  dropped: records,
})
