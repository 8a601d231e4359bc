import { check } from '../errors.js'
import type { Link, Wire } from '../link.js'
import { principalOf } from '../settings.js'
import { call } from '../wire/call.js'
import type { Reader } from '../wire/reader.js'
import { byLeader } from './leaders.js'
import { patiently } from './patiently.js'

/** A transaction that is open on a partition; its last stable offset cannot pass `firstOffset`. */
export type OpenTransaction = {
  readonly partition: number
  readonly producerId: bigint
  readonly epoch: number
  readonly firstOffset: number
  /** When the producer last wrote there; ms since 1970. */
  readonly lastWriteAt: number
  /** Absent where no coordinator knows the producer (a hanging transaction), or the user may not see its id. */
  readonly transactionalId?: string
  /** The coordinator's word: Ongoing, PrepareCommit… */
  readonly state?: string
  /** ms since 1970. */
  readonly startedAt?: number
}

const DESCRIBE_PRODUCERS = 61
const DESCRIBE_TRANSACTIONS = 65
const LIST_TRANSACTIONS = 66

/** Whether the cluster can tell of transactions (KIP-664, Kafka 3.0). */
export const tellsTransactions = (link: Link): boolean => link.supports(DESCRIBE_PRODUCERS, 0)

/**
 * The transactions that hold back the last stable offset of partitions (KIP-664); none below Kafka 3.0, see
 * `tellsTransactions`. Changes nothing. Throws UserError `permission` (Read on the topic), BrokerError.
 */
export async function openTransactions(
  link: Link,
  where: { topic: string; partition: number } | { topic: string; partitions: readonly number[] },
): Promise<OpenTransaction[]> {
  const { topic } = where
  const partitions = 'partition' in where ? [where.partition] : where.partitions
  if (!tellsTransactions(link)) return []
  const open = await patiently(link, async () => {
    const split = await byLeader(link, topic, partitions)
    return Promise.all(
      [...split].map(async ([node, each]) => producers(link, await link.wire(node), { topic, partitions: each })),
    )
  })
  const found = open.flat()
  return found.length === 0 ? [] : named(link, found)
}

function producers(link: Link, wire: Wire, { topic, partitions }: { topic: string; partitions: readonly number[] }) {
  const principal = principalOf(link.settings)
  const about = { doing: `Looking for producers of topic ${topic}`, topic, operation: 'Read', principal }
  return call(wire, {
    request: { api: DESCRIBE_PRODUCERS, version: 0, name: 'DescribeProducers', flexible: true, throttleAt: 0 },
    write: w =>
      w
        .carray([topic], (t, w) =>
          w
            .cstr(t)
            .carray(partitions, (p, w) => w.i32(p))
            .tags(),
        )
        .tags(),
    read: r => {
      r.i32()
      const topics = r.carray(r => [r.cstr(), r.carray(r => producersOf(r, about)), r.tags()] as const)
      return topics.flatMap(([, each]) => each.flat()).filter(each => each.firstOffset >= 0)
    },
  })
}

function producersOf(r: Reader, about: { doing: string }): OpenTransaction[] {
  const [partition, error, message] = [r.i32(), r.i16(), r.nullableCstr()]
  check(error, { ...about, message })
  const active = r.carray(r => {
    const [producerId, epoch] = [r.i64(), r.i32()]
    r.i32()
    const lastWriteAt = r.number64()
    r.i32()
    const firstOffset = r.number64()
    r.tags()
    return { partition, producerId, epoch, lastWriteAt, firstOffset }
  })
  r.tags()
  return active
}

async function named(link: Link, open: readonly OpenTransaction[]): Promise<OpenTransaction[]> {
  const producerIds = [...new Set(open.map(each => each.producerId))]
  const known = await patiently(link, () =>
    Promise.all(link.nodes().map(async ({ node }) => transactionsOf(await link.wire(node), producerIds))),
  )
  const byProducer = new Map(known.flat().map(each => [each.producerId, each]))
  return open.map(each => ({ ...each, ...byProducer.get(each.producerId) }))
}

type Known = Pick<OpenTransaction, 'producerId' | 'transactionalId' | 'state' | 'startedAt'>

/** Of the transactions that this coordinator keeps. */
async function transactionsOf(wire: Wire, producerIds: readonly bigint[]): Promise<Known[]> {
  const ids = await listed(wire, producerIds)
  return ids.length === 0 ? [] : describedTransactions(wire, ids)
}

const listed = (wire: Wire, producerIds: readonly bigint[]): Promise<string[]> =>
  call(wire, {
    request: { api: LIST_TRANSACTIONS, version: 0, name: 'ListTransactions', flexible: true, throttleAt: 0 },
    write: w =>
      w
        .carray([], () => {})
        .carray(producerIds, (id, w) => w.i64(id))
        .tags(),
    read: r => {
      r.i32()
      check(r.i16(), { doing: 'Listing transactions' })
      r.carray(r => r.cstr())
      return r.carray(r => [r.cstr(), r.i64(), r.cstr(), r.tags()] as const).map(([id]) => id)
    },
  })

const describedTransactions = (wire: Wire, ids: readonly string[]): Promise<Known[]> =>
  call(wire, {
    request: { api: DESCRIBE_TRANSACTIONS, version: 0, name: 'DescribeTransactions', flexible: true, throttleAt: 0 },
    write: w => w.carray(ids, (id, w) => w.cstr(id)).tags(),
    read: r => {
      r.i32()
      return r.carray(transaction).flatMap(({ error, ...known }) => (error === 0 ? [known] : []))
    },
  })

function transaction(r: Reader): Known & { error: number } {
  const [error, transactionalId, state] = [r.i16(), r.cstr(), r.cstr()]
  r.i32()
  const [startedAt, producerId] = [r.number64(), r.i64()]
  r.i16()
  r.carray(r => [r.cstr(), r.carray(r => r.i32()), r.tags()])
  r.tags()
  return { error, producerId, transactionalId, state, ...(startedAt >= 0 && { startedAt }) }
}
