import { listGroups } from '../admin/list-groups.js'
import { type CommittedOffsets, committedOffsets } from '../admin/offsets.js'
import { listTopics } from '../admin/topics.js'
import type { Link } from '../link.js'
import { parseClaim } from '../relay/claim.js'

/** A trace of a run on a cluster: its claim on a group, its temporary topic, or both. Names are null where only the other is there. */
export type Trace = {
  readonly run: string
  readonly host: string | null
  readonly sourceTopic: string | null
  readonly group: string | null
  readonly temporaryTopic: string
  /** Partitions of the temporary topic; null where it is not there. */
  readonly partitions: number | null
  /** Source partitions that carry the claim. */
  readonly lanes: readonly number[]
}

/** What was found, and how many groups were left out because the cluster has more than the bound. */
export type Traces = { readonly traces: readonly Trace[]; readonly groupsNotAsked: number }

/** Groups asked for their offsets, at most, and how many at a time. */
const MOST_GROUPS = 5000
const AT_ONCE = 16
const MARK = '.spill.'

/**
 * Every claim on a group and every temporary topic (`SOURCE.spill.RUN`) of the cluster, whoever made them; creates nothing. Only what
 * the user may describe. Throws UserError `permission`, BrokerError.
 */
export async function findTraces(link: Link): Promise<Traces> {
  const [groups, { topics }] = await Promise.all([listGroups(link), listTopics(link)])
  const asked = groups.slice(0, MOST_GROUPS)
  const partitions = new Map(topics.map(topic => [topic.name, topic.partitions.length]))
  const claims = await claimsOf(
    link,
    asked.map(group => group.id),
  )
  const traces = claims.map(claim => ({ ...claim, partitions: partitions.get(claim.temporaryTopic) ?? null }))
  const claimed = new Set(claims.map(claim => claim.temporaryTopic))
  const orphans = [...partitions].filter(([name]) => name.includes(MARK) && !claimed.has(name)).map(orphan)
  return { traces: [...traces, ...orphans], groupsNotAsked: groups.length - asked.length }
}

type Claimed = Omit<Trace, 'partitions'>

async function claimsOf(link: Link, groups: readonly string[]): Promise<Claimed[]> {
  const left = [...groups]
  const found: Claimed[] = []
  const worker = async () => {
    for (let group = left.shift(); group !== undefined; group = left.shift())
      found.push(...tracesOf(group, await committedOffsets(link, group)))
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, left.length) }, worker))
  return found.sort((a, b) => a.run.localeCompare(b.run))
}

/** The claims among the commits of one group, one for each run and source topic. */
export function tracesOf(group: string, offsets: CommittedOffsets): Claimed[] {
  const traces = new Map<string, Claimed & { lanes: number[] }>()
  for (const [sourceTopic, commits] of offsets) {
    for (const [lane, { metadata }] of commits) {
      const claim = parseClaim(metadata)
      if (claim === undefined) continue
      const { run, host, topic: temporaryTopic } = claim
      const at = `${sourceTopic}\0${run}`
      const trace = traces.get(at) ?? { run, host, sourceTopic, group, temporaryTopic, lanes: [] }
      trace.lanes.push(lane)
      traces.set(at, trace)
    }
  }
  return [...traces.values()].map(trace => ({ ...trace, lanes: trace.lanes.sort((a, b) => a - b) }))
}

function orphan([temporaryTopic, partitions]: readonly [string, number]): Trace {
  const at = temporaryTopic.lastIndexOf(MARK)
  const run = temporaryTopic.slice(at + MARK.length)
  // The name of a long source is cut and hashed, so it is only a hint: the topic itself may not be there by that name.
  return {
    run,
    host: null,
    sourceTopic: temporaryTopic.slice(0, at),
    group: null,
    temporaryTopic,
    partitions,
    lanes: [],
  }
}
