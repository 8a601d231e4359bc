import type { GroupView } from '../../../core/survey.js'
import { clusterSettings, type Settings, topicSettings } from '../admin/configs.js'
import { describeGroup } from '../admin/describe-group.js'
import { type BrokerLogDirs, logDirs } from '../admin/log-dirs.js'
import { type OpenTransaction, openTransactions } from '../admin/open-transactions.js'
import { listTopics, type TopicDescription, type TopicList } from '../admin/topics.js'
import type { Link } from '../link.js'
import { findTopic } from './find-topic.js'
import type { Head } from './head.js'
import type { MeasureRequest } from './measure.js'
import { type OtherGroups, otherGroupsOf, otherTopicsOf } from './neighbours.js'
import { readHeads } from './read-heads.js'
import { positionOf, type Reading } from './reading.js'
import { type Sampled, sampleBacklog } from './sample.js'
import { together } from './together.js'
import { type Tolerate, tolerating } from './tolerate.js'
import { takeReading, type Watched, watchOffsets } from './watch-offsets.js'

/** Everything that was asked of the cluster, before it is folded into a survey. */
export type Gathered = {
  readonly measuredAt: number
  readonly topic: TopicDescription
  readonly group: GroupView
  readonly readings: readonly Reading[]
  readonly heads: ReadonlyMap<number, Head>
  readonly sampled: Sampled
  readonly topicSettings: Settings
  readonly clusterSettings: Settings
  readonly topics: TopicList
  readonly logDirs: readonly BrokerLogDirs[]
  readonly otherTopics: readonly string[]
  readonly otherGroups: OtherGroups
  readonly openBefore: readonly OpenTransaction[]
  readonly openAfter: readonly OpenTransaction[]
  /** Facts that could not be had, and why. */
  readonly notes: readonly string[]
}

const READ_WITHIN_MS = 10_000

/** Asks everything, the lesser facts while the window runs. Throws as `measureBacklog` says. */
export const gather = async (link: Link, request: MeasureRequest): Promise<Gathered> => {
  const { group } = request
  const topic = await findTopic(link, request.topic)
  const led = topic.partitions.filter(({ leader }) => leader >= 0)
  const watched = { topic: topic.name, group, partitions: led.map(({ partition }) => partition) }
  const notes: string[] = []
  const tolerate = tolerating(notes)
  const [first, settings] = await together<[Reading, Settings]>(request.signal, () => [
    takeReading(link, watched),
    tolerate('topic settings', topicSettings(link, topic.name), {}),
  ])
  const open = () => tolerate('open transactions', openTransactions(link, watched), [])
  const leaders = new Map(led.map(({ partition, leader }) => [partition, leader]))
  const parts = await together<[Reading[], Records, LesserFacts, OpenTransaction[]]>(request.signal, signal => [
    watchOffsets(link, watched, { ...request, signal, first }),
    readRecords(link, { request: { ...request, signal }, leaders, first, settings, notes }),
    lesserFacts(link, { watched, tolerate, signal }),
    open(),
  ])
  const [readings, records, facts, openBefore] = parts
  const [view, openAfter] = await Promise.all([describeGroup(link, group), openBefore.length > 0 ? open() : []])
  return {
    measuredAt: Date.now(),
    topic,
    group: view,
    readings,
    ...records,
    topicSettings: settings,
    ...facts,
    openBefore,
    openAfter,
    notes,
  }
}

type LesserFacts = Pick<Gathered, 'clusterSettings' | 'topics' | 'logDirs' | 'otherTopics' | 'otherGroups'>
type Asking = { readonly watched: Watched; readonly tolerate: Tolerate; readonly signal: AbortSignal }

const lesserFacts = async (link: Link, { watched, tolerate, signal }: Asking): Promise<LesserFacts> => {
  const [clusterSettingsOf, topics, dirs, otherTopics, otherGroups] = await Promise.all([
    tolerate('cluster settings', clusterSettings(link, link.nodes()[0]?.node ?? -1), {}),
    listTopics(link),
    tolerate('disks and sizes of the brokers', logDirs(link, watched.topic), []),
    otherTopicsOf(link, watched.group, watched.topic),
    tolerate('other groups on the topic', otherGroupsOf(link, watched, signal), { groups: [], notAsked: 0 }),
  ])
  return { clusterSettings: clusterSettingsOf, topics, logDirs: dirs, otherTopics, otherGroups }
}

type Records = Pick<Gathered, 'heads' | 'sampled'>
type Reads = {
  readonly request: MeasureRequest
  readonly leaders: ReadonlyMap<number, number>
  readonly first: Reading
  readonly settings: Settings
  readonly notes: string[]
}

/** Heads before samples: when the time runs out, the age is worth more than the skew. */
const readRecords = async (link: Link, { request, leaders, first, settings, notes }: Reads): Promise<Records> => {
  const { topic, signal, sample } = request
  const within = { topic, leaders, signal, withinMs: READ_WITHIN_MS }
  const heads = await readHeads(link, first, { request: within, notes })
  const lanes = [...first.lanes].map(([partition, lane]) => ({ partition, from: positionOf(lane), to: lane.end }))
  const sampled =
    sample === 0
      ? { samples: [], notSampled: [] }
      : await sampleBacklog(link, {
          ...within,
          lanes,
          records: sample,
          maxMessageBytes: Number(settings['max.message.bytes'] ?? Number.POSITIVE_INFINITY),
          now: Date.now(),
        })
  return { heads, sampled }
}
