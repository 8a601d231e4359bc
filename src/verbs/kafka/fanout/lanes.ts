import { describeGroup } from '../../../brokers/kafka/admin/describe-group.js'
import { listOffsets } from '../../../brokers/kafka/admin/list-offsets.js'
import { committedOffsets } from '../../../brokers/kafka/admin/offsets.js'
import { describeTopic, type TopicDescription } from '../../../brokers/kafka/admin/topics.js'
import type { Link } from '../../../brokers/kafka/link.js'
import { unreadInLanes } from '../../../brokers/kafka/restore/unread.js'
import { formatAddress, type KafkaAddress, type Place } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { FanoutLane } from '../../../core/fanout-plan.js'
import type { KafkaPlan } from '../../../core/plan.js'
import type { Member } from '../../../core/survey.js'
import { runOfTemporary } from '../../../core/temporary-topic.js'
import { Refusal, UserError } from '../../../errors.js'
import type { FanSeen } from '../../fanout/ends.js'

/** A temporary topic with the group that works it; of a drain, where that is known here. */
export type LanesPlace = {
  readonly place: Place<KafkaAddress>
  readonly isWhole: boolean
  readonly drain?: KafkaPlan
}

/** Looks at the lanes of a temporary topic; joins nothing, commits nothing. Throws UserError `no-topic`, Refusal `other-cluster`. */
export async function lookAtLanes(link: Link, { place, isWhole, drain }: LanesPlace): Promise<FanSeen> {
  const { topic: name = '', group = '' } = place.address
  if (drain !== undefined) assertCluster(drain, link)
  const topic = await describeTopic(link, name)
  if (topic === undefined) throw gone(name, drain)
  const [lanes, unread, view] = await Promise.all([
    lanesOf(link, topic, group),
    unreadInLanes(link, { run: drain?.run ?? '', targetTopic: name }, { group }),
    describeGroup(link, group),
  ])
  const bound = lanes.reduce((sum, lane) => sum + lane.messages, 0n)
  const messages = lesser(unread.unread, bound)
  const look = {
    system: 'kafka' as const,
    source: formatAddress(place.address),
    reads: 'lanes' as const,
    ...defined({ of: drain?.run ?? runOfTemporary(name), topicId: topic.id || undefined }),
    clusterId: link.clusterId,
    topic: name,
    group,
    lanes,
    expect: { messages, bytes: bytesOf(drain, messages) },
    isWhole,
    others: view.members.map(memberInWords),
    warnings: [],
    refusals: [],
    stopCommands: [],
  }
  return { look, refusals: [] }
}

/** From the group's position, or the lane's start, to the last stable offset. Holes and markers count, so messages are a bound. */
async function lanesOf(link: Link, topic: TopicDescription, group: string): Promise<FanoutLane[]> {
  const partitions = topic.partitions.map(each => each.partition).sort((a, b) => a - b)
  const [starts, ends, commits] = await Promise.all([
    listOffsets(link, topic.name, partitions, 'earliest'),
    listOffsets(link, topic.name, partitions, 'stable'),
    committedOffsets(link, group, { topic: topic.name, partitions }),
  ])
  const committed = commits.get(topic.name)
  return partitions.map(partition => {
    const start = starts.get(partition)?.offset ?? 0
    const from = Math.max(start, committed?.get(partition)?.offset ?? start)
    const to = Math.max(from, ends.get(partition)?.offset ?? from)
    return { lane: String(partition), from: String(from), to: String(to), messages: BigInt(to - from) }
  })
}

const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** The drain's own guess of the size of a message. */
const bytesOf = (drain: KafkaPlan | undefined, messages: bigint): bigint =>
  drain === undefined || drain.expect.messages === 0n ? 0n : (drain.expect.bytes * messages) / drain.expect.messages

const memberInWords = ({ clientId, host }: Member): string => `${clientId} at ${host.replace(/^\//, '')}`

const gone = (name: string, drain: KafkaPlan | undefined): UserError =>
  new UserError(`The temporary topic ${name} is not there`, {
    code: 'no-topic',
    hint:
      drain === undefined
        ? 'Check its name, or name the run of the drain: spillway fanout RUN.'
        : `Has the drain copied anything yet? \`spillway status ${drain.run}\` shows it.`,
  })

function assertCluster(drain: KafkaPlan, link: Link): void {
  if (link.clusterId === drain.targetClusterId) return
  throw new Refusal(`The address of run ${drain.run} leads to another cluster than the one it ran on`, {
    code: 'other-cluster',
    hint: `Its temporary topic is on cluster id ${drain.targetClusterId}. Check --source and the settings file.`,
  })
}
