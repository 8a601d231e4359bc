import { describeTopic } from '../../../brokers/kafka/admin/topics.js'
import { connect, type Link } from '../../../brokers/kafka/link.js'
import { sampleOrigins } from '../../../brokers/kafka/redrive/sample.js'
import { Leaders } from '../../../brokers/kafka/relay/leaders.js'
import { asKafka, formatAddress, type KafkaAddress, type Place } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import { UserError } from '../../../errors.js'
import { kafkaSettings } from '../../../settings.js'
import type { ReplaySubject, ReplaySubjects } from '../../replay/ends.js'
import type { RedriveAsked } from '../../replay/redrive.js'
import type { Where } from '../../system.js'
import { lanesOf } from './lanes.js'
import { refusalsOf } from './refusals.js'
import { openTopic } from './source.js'

/** Connects to a dead-letter topic. Throws UserError: unreachable, credentials. */
export async function openDeadLetters(place: Place, asked: RedriveAsked, where: Where): Promise<ReplaySubjects> {
  const { io, present } = where
  const { topic, ...address } = asKafka(place.address)
  if (topic === undefined) throw new UserError('The address names no topic', { hint: 'Write kafka://host:9092/TOPIC.' })
  const settings = await kafkaSettings(place, { io, present, ...defined({ config: asked.config }) })
  const link = await connect(settings, io.soft)
  return {
    look: () => look(link, { ...address, topic }, { place, asked }),
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  }
}

type Asked = { readonly place: Place; readonly asked: RedriveAsked }

async function look(
  link: Link,
  address: KafkaAddress & { readonly topic: string },
  { place, asked }: Asked,
): Promise<ReplaySubject> {
  const { topic, group } = address
  const described = await describeTopic(link, topic)
  if (described === undefined)
    throw new UserError(`Topic ${topic} is not there`, { code: 'no-topic', hint: 'Check its name: nothing was made.' })
  const leaders = await Leaders.of(link, topic)
  // A killed execution may have left a transaction open, which offsets would be waited for.
  const found = asked.resumed ? NOTHING : await lanesOf(link, { topic, group, partitions: described.partitions.length })
  const sample = asked.toOrigin && !asked.resumed ? await sampleOrigins({ link, leaders }, found.lanes) : undefined
  const { group: _group, ...bare } = address
  const source = formatAddress(address)
  return {
    look: {
      source,
      from: { kind: 'dead-letters', address: source, system: 'kafka' },
      system: 'kafka',
      lanes: found.lanes,
      isUpperBound: true,
      bytes: 0n,
      partitions: described.partitions.length,
      warnings: [...found.warnings, ...(sample === undefined ? [] : originsInWords(sample))],
      clusterId: link.clusterId,
      ...defined({ group }),
    },
    refusals: await refusalsOf(link, { topic, group, sample, consumersStopped: asked.consumersStopped }),
    origin: { ...place, address: bare },
    open: (plan, running) => openTopic(link, { leaders, group, plan, toOrigin: asked.toOrigin }, running),
  }
}

const NOTHING = { lanes: [], warnings: [] }

const originsInWords = ({ sampled, without, topics }: Awaited<ReturnType<typeof sampleOrigins>>): string[] => [
  ...(topics.size === 0
    ? []
    : [`Of ${sampled} messages looked at, these are the origins: ${[...topics].sort().join(', ')}`]),
  ...(without === 0
    ? []
    : [`${without} of ${sampled} messages looked at do not say where they came from: they will be parked`]),
]
