import { check } from '../errors.js'
import type { Link, Wire } from '../link.js'
import { principalOf } from '../settings.js'
import { call } from '../wire/call.js'
import type { Reader } from '../wire/reader.js'
import { patiently } from './patiently.js'
import { describeTopic } from './topics.js'

/** A log directory; bytes of its file system from Kafka 3.3. `error` is a code, 0 when it is online. */
export type LogDir = {
  readonly path: string
  readonly error: number
  readonly totalBytes?: bigint
  readonly freeBytes?: bigint
}

/** What lies on one broker. `topicBytes`: partition to the bytes of its replica there, of the topic asked for. */
export type BrokerLogDirs = {
  readonly node: number
  readonly dirs: readonly LogDir[]
  readonly topicBytes: ReadonlyMap<number, bigint>
}

const DESCRIBE_LOG_DIRS = 35

/** DescribeLogDirs on every broker: v4 (KIP-827), else v1, sizes only. Throws UserError `permission` (Describe on Cluster). */
export async function logDirs(link: Link, topic?: string): Promise<BrokerLogDirs[]> {
  const found = topic === undefined ? undefined : await describeTopic(link, topic)
  const wanted = found === undefined ? [] : [{ name: found.name, partitions: found.partitions.map(p => p.partition) }]
  const nodes = link.nodes()
  return Promise.all(nodes.map(({ node }) => patiently(link, async () => ask(link, await link.wire(node), wanted))))
}

type Wanted = readonly { readonly name: string; readonly partitions: readonly number[] }[]

async function ask(link: Link, wire: Wire, wanted: Wanted): Promise<BrokerLogDirs> {
  const rows = await (link.supports(DESCRIBE_LOG_DIRS, 4) ? askV4(link, wire, wanted) : askV1(wire, wanted))
  const dirs = rows.map(({ sizes, ...dir }) => dir)
  const topicBytes = new Map<number, bigint>()
  for (const [partition, bytes] of rows.flatMap(row => row.sizes))
    topicBytes.set(partition, (topicBytes.get(partition) ?? 0n) + bytes)
  return { node: wire.node, dirs, topicBytes }
}

type Row = LogDir & { readonly sizes: readonly (readonly [number, bigint])[] }

const askV4 = (link: Link, wire: Wire, wanted: Wanted): Promise<Row[]> =>
  call(wire, {
    request: { api: DESCRIBE_LOG_DIRS, version: 4, name: 'DescribeLogDirs', flexible: true, throttleAt: 0 },
    write: w =>
      w
        .carray(wanted, (t, w) =>
          w
            .cstr(t.name)
            .carray(t.partitions, (p, w) => w.i32(p))
            .tags(),
        )
        .tags(),
    read: r => {
      r.i32()
      check(r.i16(), { doing: 'Reading log directories', operation: 'Describe', principal: principalOf(link.settings) })
      return r.carray(rowV4)
    },
  })

function rowV4(r: Reader): Row {
  const [error, path] = [r.i16(), r.cstr()]
  const topics = r.carray(r => {
    r.cstr()
    const sizes = r.carray(r => [r.i32(), r.i64(), r.i64(), r.bool(), r.tags()] as const)
    r.tags()
    return sizes.map(([partition, bytes]) => [partition, bytes] as const)
  })
  const [total, free] = [r.i64(), r.i64()]
  r.tags()
  return { path, error, ...known('totalBytes', total), ...known('freeBytes', free), sizes: topics.flat() }
}

/** -1 means that the broker cannot tell. */
const known = (name: 'totalBytes' | 'freeBytes', bytes: bigint) => (bytes < 0n ? {} : { [name]: bytes })

/** v1 has no error of its own: a user without the permission is shown no directory. */
const askV1 = (wire: Wire, wanted: Wanted): Promise<Row[]> =>
  call(wire, {
    request: { api: DESCRIBE_LOG_DIRS, version: 1, name: 'DescribeLogDirs', throttleAt: 0 },
    write: w => w.array(wanted, (t, w) => w.str(t.name).array(t.partitions, (p, w) => w.i32(p))),
    read: r => {
      r.i32()
      return r.array(rowV1)
    },
  })

function rowV1(r: Reader): Row {
  const [error, path] = [r.i16(), r.str()]
  const topics = r.array(r => {
    r.str()
    return r.array(r => [r.i32(), r.i64(), r.i64(), r.bool()] as const)
  })
  return { path, error, sizes: topics.flat().map(([partition, bytes]) => [partition, bytes] as const) }
}
