import type { KafkaPlan } from '../../../core/plan.js'
import type { GroupView, Member } from '../../../core/survey.js'
import { SpillwayError } from '../../../errors.js'
import { describeGroup } from '../admin/describe-group.js'
import { listGroups } from '../admin/list-groups.js'
import { listOffsets } from '../admin/list-offsets.js'
import { committedOffsets } from '../admin/offsets.js'
import { describeTopic } from '../admin/topics.js'
import type { Link } from '../link.js'
import { lanesGroupOf, type Unread, unreadInLanes } from './unread.js'

/** A group that has to do with the temporary topic: on how many partitions it committed, and who reads it now. */
export type GroupOnLanes = {
  readonly id: string
  readonly lanes: number
  readonly members: readonly Member[]
  /** Topics other than the temporary one on which it committed. */
  readonly otherTopics: readonly string[]
  readonly verdict: GroupView['verdict']
}

/** The temporary topic, and everybody who has to do with it. */
export type LanesView = Unread & {
  /** Absent where it is not there. */
  readonly topic?: { readonly name: string; readonly id: string; readonly partitions: number }
  /** Partitions whose log does not start at 0 any more: something was deleted from them. */
  readonly trimmed: readonly { readonly lane: number; readonly start: number }[]
  readonly lanesGroup: string
  readonly groups: readonly GroupOnLanes[]
  /** Groups that may not be looked at, or that nobody had the time to look at. */
  readonly notAsked: readonly string[]
}

const AT_ONCE = 8
/** Of the 15 s in which a command must say no. */
const WITHIN_MS = 5_000

type Subject = Pick<KafkaPlan, 'run' | 'lanesGroup' | 'targetTopic'>

/** Looks at the temporary topic of a run; changes nothing. `link` is the target's. Throws BrokerError, UserError. */
export async function lookAtLanes(link: Link, plan: Subject, given?: string): Promise<LanesView> {
  const lanesGroup = lanesGroupOf(plan, given)
  const topic = await describeTopic(link, plan.targetTopic)
  const { groups, notAsked } = await groupsOn(link, { topic: plan.targetTopic, lanesGroup })
  if (topic === undefined) return { unread: 0n, exact: true, trimmed: [], lanesGroup, groups, notAsked }
  const partitions = topic.partitions.map(each => each.partition)
  const [starts, unread] = await Promise.all([
    listOffsets(link, topic.name, partitions, 'earliest'),
    unreadInLanes(link, plan, { group: lanesGroup }),
  ])
  const trimmed = [...starts].map(([lane, { offset: start }]) => ({ lane, start })).filter(({ start }) => start > 0)
  const { name, id } = topic
  return { ...unread, topic: { name, id, partitions: partitions.length }, trimmed, lanesGroup, groups, notAsked }
}

type Where = { readonly topic: string; readonly lanesGroup: string }

/** The lanes group first: it is always looked at, and a failure there is a failure of the whole. */
async function groupsOn(link: Link, where: Where): Promise<{ groups: GroupOnLanes[]; notAsked: string[] }> {
  const own = await groupOn(link, where.lanesGroup, where)
  const listed = (await listGroups(link)).map(each => each.id).filter(id => id !== where.lanesGroup)
  const deadline = performance.now() + WITHIN_MS
  const groups = own === undefined ? [] : [own]
  const notAsked: string[] = []
  const work = async () => {
    for (let id = listed.shift(); id !== undefined; id = listed.shift()) {
      const found = performance.now() > deadline ? 'not asked' : await tolerantly(() => groupOn(link, id, where))
      if (found === 'not asked') notAsked.push(id)
      else if (found !== undefined) groups.push(found)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return { groups: groups.sort((a, b) => a.id.localeCompare(b.id)), notAsked: notAsked.sort() }
}

async function groupOn(link: Link, id: string, { topic, lanesGroup }: Where): Promise<GroupOnLanes | undefined> {
  const [view, commits] = await Promise.all([describeGroup(link, id), offsetsOf(link, id)])
  const lanes = commits.get(topic)?.size ?? 0
  // A member that does not say what it reads may read this topic, but only in the group meant for it is that likely.
  const reads = ({ topics }: Member) => (topics === undefined ? id === lanesGroup : topics.includes(topic))
  const members = id === lanesGroup ? view.members : view.members.filter(reads)
  if (lanes === 0 && members.length === 0 && (id !== lanesGroup || !view.exists)) return undefined
  const otherTopics = [...commits.keys()].filter(name => name !== topic).sort()
  return { id, lanes, members, otherTopics, verdict: view.verdict }
}

/** Share groups keep no such offsets; the broker answers that it does not know the group. */
async function offsetsOf(link: Link, id: string) {
  try {
    return await committedOffsets(link, id)
  } catch (error) {
    if (error instanceof SpillwayError && error.code === 'GROUP_ID_NOT_FOUND')
      return new Map<string, Map<number, unknown>>()
    throw error
  }
}

async function tolerantly<T>(ask: () => Promise<T>): Promise<T | 'not asked'> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof SpillwayError) return 'not asked'
    throw error
  }
}
