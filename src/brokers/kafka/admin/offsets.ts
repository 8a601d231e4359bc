import { UserError } from '../../../errors.js'
import { check } from '../errors.js'
import type { Link, Wire } from '../link.js'
import { principalOf } from '../settings.js'
import { call } from '../wire/call.js'
import type { Reader } from '../wire/reader.js'
import type { OffsetEntry } from '../wire/transactions.js'
import { onCoordinator } from './coordinator.js'
import { mayAsk } from './group-topic.js'
import { describeTopic } from './topics.js'

/** What a group committed for a partition: the next offset that it would read. */
export type Committed = { readonly offset: number; readonly metadata: string; readonly leaderEpoch: number }

/** Topic to partition to what was committed; partitions without a commit are left out. */
export type CommittedOffsets = Map<string, Map<number, Committed>>

/**
 * All topics where `topic` is absent. `stable` waits for open transactions to end (KIP-447), 10 s at most; without a
 * topic only where something was committed before.
 */
export type CommittedQuery = {
  readonly topic?: string
  readonly partitions?: readonly number[]
  readonly stable?: boolean
}

const OFFSET_FETCH = 9

/**
 * What a group committed (OffsetFetch v7, v5 below Kafka 2.5). Empty for a group that is not there; asks for no
 * coordinator, and so creates nothing, while the cluster has never had a group. Throws UserError `permission` or
 * `unsupported` (`stable` below 2.5), BrokerError UNSTABLE_OFFSET_COMMIT when transactions stay open.
 */
export async function committedOffsets(
  link: Link,
  group: string,
  query: CommittedQuery = {},
): Promise<CommittedOffsets> {
  if (!(await mayAsk(link, group))) return new Map()
  const modern = link.supports(OFFSET_FETCH, 7)
  if (query.stable && !modern) throw new UserError('Stable offsets need Kafka 2.5', { code: 'unsupported' })
  const exact = await withPartitions(link, query)
  return onCoordinator(link, group, wire => (modern ? askV7 : askV5)(wire, { link, group, query: exact }))
}

/**
 * Partitions by name: asked for all, the broker passes over those that have only offsets of an open transaction, and
 * RequireStable would not wait for them (seen on 3.9 and 4.1).
 */
async function withPartitions(link: Link, query: CommittedQuery): Promise<CommittedQuery> {
  if (query.topic === undefined || query.partitions !== undefined) return query
  const found = await describeTopic(link, query.topic)
  return found === undefined ? query : { ...query, partitions: found.partitions.map(each => each.partition) }
}

type Question = { readonly link: Link; readonly group: string; readonly query: CommittedQuery }
type Topic = { name: string; partitions: readonly number[] }

const asked = ({ topic, partitions = [] }: CommittedQuery): Topic[] | null =>
  topic === undefined ? null : [{ name: topic, partitions }]

const aboutGroup = ({ link, group }: Omit<Question, 'query'>) => ({
  doing: `Reading offsets of group ${group}`,
  group,
  operation: 'Describe',
  principal: principalOf(link.settings),
})

const askV7 = (wire: Wire, question: Question): Promise<CommittedOffsets> =>
  call(wire, {
    request: { api: OFFSET_FETCH, version: 7, name: 'OffsetFetch', flexible: true, throttleAt: 0 },
    write: w =>
      w
        .cstr(question.group)
        .carray(asked(narrowed(question.query)), (t, w) =>
          w
            .cstr(t.name)
            .carray(t.partitions, (p, w) => w.i32(p))
            .tags(),
        )
        .bool(question.query.stable ?? false)
        .tags(),
    read: r => {
      r.i32()
      const topics = r.carray(r => [r.cstr(), r.carray(partitionV7), r.tags()] as const)
      check(r.i16(), aboutGroup(question))
      return gathered(topics, question)
    },
  })

/** A topic that is gone may still have commits: they are asked for as all topics, and sifted. */
const narrowed = (query: CommittedQuery): CommittedQuery => (query.partitions === undefined ? {} : query)

type Row = Committed & { readonly partition: number; readonly error: number }

function partitionV7(r: Reader): Row {
  const row = { partition: r.i32(), offset: r.number64(), leaderEpoch: r.i32(), metadata: r.cstr(), error: r.i16() }
  r.tags()
  return row
}

const askV5 = (wire: Wire, question: Question): Promise<CommittedOffsets> =>
  call(wire, {
    request: { api: OFFSET_FETCH, version: 5, name: 'OffsetFetch', throttleAt: 0 },
    write: w =>
      w
        .str(question.group)
        .array(asked(narrowed(question.query)), (t, w) => w.str(t.name).array(t.partitions, (p, w) => w.i32(p))),
    read: r => {
      r.i32()
      const topics = r.array(r => [r.str(), r.array(partitionV5)] as const)
      check(r.i16(), aboutGroup(question))
      return gathered(topics, question)
    },
  })

const partitionV5 = (r: Reader): Row => ({
  partition: r.i32(),
  offset: r.number64(),
  leaderEpoch: r.i32(),
  metadata: r.str(),
  error: r.i16(),
})

function gathered(
  topics: readonly (readonly [string, readonly Row[], ...unknown[]])[],
  question: Question,
): CommittedOffsets {
  const offsets: CommittedOffsets = new Map()
  for (const [topic, rows] of topics) {
    if (question.query.topic !== undefined && topic !== question.query.topic) continue
    const committed = new Map<number, Committed>()
    for (const { partition, error, ...row } of rows) {
      check(error, { ...aboutGroup(question), topic })
      if (row.offset >= 0) committed.set(partition, row)
    }
    if (committed.size > 0) offsets.set(topic, committed)
  }
  return offsets
}

/**
 * Moves a group's offsets without ever joining it (OffsetCommit v7, generation -1, no member). The broker refuses with
 * UNKNOWN_MEMBER_ID while the group has members. Throws UserError `permission`, BrokerError.
 */
export async function commitOffsets(
  link: Link,
  group: string,
  topic: string,
  entries: readonly OffsetEntry[],
): Promise<void> {
  if (entries.length === 0) return
  await onCoordinator(link, group, wire => askCommit(link, wire, { group, topic, entries }))
}

/** Offsets to commit; with `as`, as a member of the group and in its generation. */
export type OffsetCommit = {
  readonly group: string
  readonly topic: string
  readonly entries: readonly OffsetEntry[]
  readonly as?: { readonly member: string; readonly generation: number }
}

/** One OffsetCommit v7, not repeated. The broker looks at ACLs and topic before it looks whether it is the coordinator. */
export function askCommit(link: Link, wire: Wire, { group, topic, entries, as }: OffsetCommit): Promise<void> {
  const doing = `Committing offsets of group ${group}`
  return call(wire, {
    request: { api: 8, version: 7, name: 'OffsetCommit', throttleAt: 0 },
    write: w =>
      w
        .str(group)
        .i32(as?.generation ?? -1)
        .str(as?.member ?? '')
        .str(null)
        .array([topic], (topic, w) =>
          w
            .str(topic)
            .array(entries, ({ partition, offset, leaderEpoch = -1, metadata }, w) =>
              w.i32(partition).i64(offset).i32(leaderEpoch).str(metadata),
            ),
        ),
    read: r => {
      r.i32()
      const codes = r.array(r => [r.str(), r.array(r => [r.i32(), r.i16()] as const)] as const)
      const about = { doing, group, topic, operation: 'Read', principal: principalOf(link.settings) }
      for (const [, code] of codes.flatMap(([, each]) => each)) check(code, about)
    },
  })
}
