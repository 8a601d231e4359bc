import { check } from '../errors.js'
import type { Link, Wire } from '../link.js'
import { principalOf } from '../settings.js'
import { call } from '../wire/call.js'
import { onController, onCoordinator } from './coordinator.js'
import { byLeader } from './leaders.js'
import { committedOffsets } from './offsets.js'
import { patiently } from './patiently.js'

const TIMEOUT_MS = 10_000
const DELETE_TOPICS = 20
const UNKNOWN_TOPIC_OR_PARTITION = 3
const UNKNOWN_TOPIC_ID = 100
const GROUP_ID_NOT_FOUND = 69
const GONE = new Set([UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID])

/**
 * Deletes a topic; one that is not there counts as deleted. With its `id` (Kafka 2.8) a topic of the same name that was
 * created since is left alone. Throws UserError `permission`, BrokerError `TOPIC_DELETION_DISABLED`…
 */
export function deleteTopic(link: Link, name: string, id = ''): Promise<void> {
  const principal = principalOf(link.settings)
  const about = { doing: `Deleting topic ${name}`, topic: name, operation: 'Delete', principal }
  return onController(link, async wire => {
    const byId = id !== '' && link.supports(DELETE_TOPICS, 6)
    const code = byId ? await deleteById(wire, id) : await deleteByName(wire, name)
    if (!GONE.has(code)) check(code, about)
  })
}

const deleteByName = (wire: Wire, name: string): Promise<number> =>
  call(wire, {
    request: { api: DELETE_TOPICS, version: 3, name: 'DeleteTopics', throttleAt: 0 },
    write: w => w.array([name], (each, w) => w.str(each)).i32(TIMEOUT_MS),
    read: r => {
      r.i32()
      return r.array(r => [r.str(), r.i16()] as const)[0]?.[1] ?? 0
    },
  })

const deleteById = (wire: Wire, id: string): Promise<number> =>
  call(wire, {
    request: { api: DELETE_TOPICS, version: 6, name: 'DeleteTopics', flexible: true, throttleAt: 0 },
    write: w =>
      w
        .carray([id], (each, w) => w.cstr(null).uuid(each).tags())
        .i32(TIMEOUT_MS)
        .tags(),
    read: r => {
      r.i32()
      const codes = r.carray(r => [r.nullableCstr(), r.uuid(), r.i16(), r.nullableCstr(), r.tags()] as const)
      return codes[0]?.[2] ?? 0
    },
  })

/**
 * Lets go of the records before the offset of each partition (DeleteRecords v1), for every group and for good. Resolves
 * with the new log starts. Throws BrokerError `POLICY_VIOLATION` on compact-only topics, `OFFSET_OUT_OF_RANGE`.
 */
export function deleteRecords(
  link: Link,
  topic: string,
  before: ReadonlyMap<number, number>,
): Promise<Map<number, number>> {
  return patiently(link, async () => {
    const split = await byLeader(link, topic, [...before.keys()])
    const answers = [...split].map(async ([node, partitions]) =>
      deleteAt(await link.wire(node), { link, topic, marks: partitions.map(p => [p, before.get(p) ?? 0] as const) }),
    )
    return new Map((await Promise.all(answers)).flat())
  })
}

type Marks = { link: Link; topic: string; marks: readonly (readonly [partition: number, offset: number])[] }

function deleteAt(wire: Wire, { link, topic, marks }: Marks): Promise<(readonly [number, number])[]> {
  const principal = principalOf(link.settings)
  const about = { doing: `Deleting records of topic ${topic}`, topic, operation: 'Delete', principal }
  return call(wire, {
    request: { api: 21, version: 1, name: 'DeleteRecords', throttleAt: 0 },
    write: w =>
      w.array([topic], (t, w) => w.str(t).array(marks, ([p, offset], w) => w.i32(p).i64(offset))).i32(TIMEOUT_MS),
    read: r => {
      r.i32()
      const topics = r.array(r => [r.str(), r.array(r => [r.i32(), r.number64(), r.i16()] as const)] as const)
      return topics.flatMap(([, each]) =>
        each.map(([partition, low, error]) => {
          check(error, about)
          return [partition, low] as const
        }),
      )
    },
  })
}

/**
 * Deletes an empty group with its offsets (DeleteGroups v1); one that is not there counts as deleted. Throws
 * BrokerError `NON_EMPTY_GROUP`.
 */
export function deleteGroup(link: Link, group: string): Promise<void> {
  const about = { doing: `Deleting group ${group}`, group, operation: 'Delete', principal: principalOf(link.settings) }
  return onCoordinator(link, group, wire =>
    call(wire, {
      request: { api: 42, version: 1, name: 'DeleteGroups', throttleAt: 0 },
      write: w => w.array([group], (id, w) => w.str(id)),
      read: r => {
        r.i32()
        for (const [, code] of r.array(r => [r.str(), r.i16()] as const))
          if (code !== GROUP_ID_NOT_FOUND) check(code, about)
      },
    }),
  )
}

/**
 * Forgets what a group committed on one topic (OffsetDelete v0); nothing where it committed nothing. Throws BrokerError `GROUP_SUBSCRIBED_TO_TOPIC` while
 * members read it.
 */
export async function deleteGroupOffsets(link: Link, group: string, topic: string): Promise<void> {
  const committed = await committedOffsets(link, group, { topic })
  const partitions = [...(committed.get(topic)?.keys() ?? [])]
  if (partitions.length === 0) return
  const principal = principalOf(link.settings)
  const about = { doing: `Deleting offsets of group ${group}`, group, topic, operation: 'Delete', principal }
  await onCoordinator(link, group, wire =>
    call(wire, {
      request: { api: 47, version: 0, name: 'OffsetDelete', throttleAt: 2 },
      write: w => w.str(group).array([topic], (t, w) => w.str(t).array(partitions, (p, w) => w.i32(p))),
      read: r => {
        check(r.i16(), about)
        r.i32()
        const topics = r.array(r => [r.str(), r.array(r => [r.i32(), r.i16()] as const)] as const)
        for (const [, code] of topics.flatMap(([, each]) => each)) if (!GONE.has(code)) check(code, about)
      },
    }),
  )
}
