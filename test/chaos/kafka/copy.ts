import { deleteGroup, deleteTopic } from '../../../src/brokers/kafka/admin/deletions.js'
import type { Link } from '../../../src/brokers/kafka/link.js'
import { fraction, type Random } from '../../../src/lab/fill/random.js'
import { newestRun } from '../homes.js'
import type { Life } from '../life.js'
import type { Blow, Order, Scene, System, World } from '../scene.js'
import type { Backlogs } from './backlogs.js'
import { MODES, type Pairing } from './sources.js'
import { planOf, violations } from './verify.js'
import type { Place } from './witness.js'

/** What all copies of a chaos run on Kafka share. */
export type KafkaWorld = World & {
  readonly place: Place
  readonly link: Link
  readonly backlogs: Backlogs
}

const FACTORS = ['2', '5', '10'] as const
const COMPRESS = ['none', 'lz4', 'zstd', 'gzip', 'snappy'] as const

/** Kafka's part in the loop: groups that each drain a backlog into a temporary topic, which Java then compares with it. */
export const kafkaSystem = (world: KafkaWorld, blows: readonly Blow[] = []): System<Pairing> => ({
  blows,
  scene: order => sceneOf(world, order),
})

async function sceneOf(world: KafkaWorld, order: Order<Pairing>): Promise<Scene> {
  const { place, link, backlogs, random } = world
  const backlog = await backlogs.for(order.source, order.name)
  const settings = drawSettings(random, order, backlog.truth.records)
  const address = `kafka://${place.brokers.join(',')}/${backlog.topic}?group=${order.name}`
  return {
    settings: settings.slice(2).join(' '),
    messages: backlog.truth.records,
    begin: ['drain', address, ...settings, '--execute', '--consumers-stopped', '--yes'],
    always: [],
    async conclude({ home }, { out }) {
      const claims = { place, link, home, mode: order.mode, backlog, printed: out }
      return { found: 'records exact', problems: await violations(claims) }
    },
    tidy: life => tidy(link, life, order.name),
  }
}

function drawSettings(random: Random, { mode }: Order<Pairing>, records: number): string[] {
  const draw = () => fraction(random())
  const pick = (from: readonly string[]) => from[Math.floor(draw() * from.length)] as string
  const rate = draw() < 0.6 ? ['--rate', String(Math.ceil(records / (2 + 3 * draw())))] : []
  const compress = draw() < 0.3 ? ['--compress', pick(COMPRESS)] : []
  return [...MODES[mode], '--factor', pick(FACTORS), ...rate, ...compress]
}

async function tidy(link: Link, { home }: Life, group: string): Promise<void> {
  const run = await newestRun(home)
  if (run !== undefined) await deleteTopic(link, (await planOf(home, run)).targetTopic)
  await deleteGroup(link, group)
}
