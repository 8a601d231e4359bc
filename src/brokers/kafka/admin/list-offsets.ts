import { check } from '../errors.js'
import type { Link } from '../link.js'
import { principalOf } from '../settings.js'
import { call } from '../wire/call.js'
import type { Reader } from '../wire/reader.js'
import { byLeader } from './leaders.js'
import { patiently } from './patiently.js'

/** Start, end, last stable offset, or the first offset at or after a time in ms since 1970. */
export type OffsetAt = 'earliest' | 'latest' | 'stable' | number

/** Where it is; `offset` -1 when no record is that late, `timestamp` -1 but for times, `leaderEpoch` -1 if unknown. */
export type FoundOffset = { readonly offset: number; readonly timestamp: number; readonly leaderEpoch: number }

const TIMESTAMP = { latest: -1, stable: -1, earliest: -2 }

/** ListOffsets v5 at the leaders. Throws UserError `no-topic` or `permission`, BrokerError. */
export function listOffsets(
  link: Link,
  topic: string,
  partitions: readonly number[],
  at: OffsetAt,
): Promise<Map<number, FoundOffset>> {
  return patiently(link, async () => {
    const split = await byLeader(link, topic, partitions)
    const answers = [...split].map(([node, each]) => ask(link, node, { topic, partitions: each, at }))
    return new Map((await Promise.all(answers)).flat())
  })
}

type Question = { readonly topic: string; readonly partitions: readonly number[]; readonly at: OffsetAt }

async function ask(link: Link, node: number, { topic, partitions, at }: Question) {
  const timestamp = typeof at === 'number' ? at : TIMESTAMP[at]
  const about = { doing: `Reading offsets of topic ${topic}`, topic, principal: principalOf(link.settings) }
  return call(await link.wire(node), {
    request: { api: 2, version: 5, name: 'ListOffsets', throttleAt: 0 },
    write: w =>
      w
        .i32(-1)
        .i8(at === 'stable' ? 1 : 0)
        .array([topic], (name, w) => w.str(name).array(partitions, (p, w) => w.i32(p).i32(-1).i64(timestamp))),
    read: r => {
      r.i32()
      return r.array(r => found(r, about)).flat()
    },
  })
}

function found(r: Reader, about: { doing: string }): (readonly [number, FoundOffset])[] {
  r.str()
  return r.array(r => {
    const [partition, error] = [r.i32(), r.i16()]
    check(error, about)
    const timestamp = r.number64()
    return [partition, { timestamp, offset: r.number64(), leaderEpoch: r.i32() }] as const
  })
}
