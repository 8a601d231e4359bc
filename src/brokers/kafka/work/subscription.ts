import { Reader } from '../wire/reader.js'
import { Writer } from '../wire/writer.js'

/** What a member of type `consumer` wants, and what it had. Source: ConsumerProtocolSubscription.json v0–v1 of Kafka. */
export type Subscription = {
  readonly topics: readonly string[]
  readonly owned: ReadonlyMap<string, readonly number[]>
}

/** Partitions by topic, as the leader gives them. Source: ConsumerProtocolAssignment.json v0. */
export type Assignment = ReadonlyMap<string, readonly number[]>

/** Version 1: owned partitions stand last (KIP-429), where readers of version 0 do not look. */
export const writeSubscription = ({ topics, owned }: Subscription): Buffer =>
  new Writer()
    .i16(1)
    .array(topics, (topic, w) => w.str(topic))
    .i32(-1)
    .array([...owned], writePartitions)
    .done()

/** Reads a subscription of any version. Throws RangeError where the bytes are none. */
export function readSubscription(metadata: Buffer): Subscription {
  const r = new Reader(metadata)
  const version = r.i16()
  const topics = r.array(r => r.str())
  r.bytes()
  const owned = version >= 1 && r.remaining > 0 ? readPartitions(r) : new Map<string, number[]>()
  return { topics, owned }
}

/** The bytes of an assignment, version 0, which every client reads. */
export const writeAssignment = (assignment: Assignment): Buffer =>
  new Writer()
    .i16(0)
    .array([...assignment], writePartitions)
    .i32(-1)
    .done()

/** Reads an assignment; empty where a member got none, as no bytes at all. Throws RangeError. */
export function readAssignment(bytes: Buffer): Assignment {
  if (bytes.length === 0) return new Map()
  const r = new Reader(bytes)
  r.i16()
  return readPartitions(r)
}

const writePartitions = ([topic, partitions]: readonly [string, readonly number[]], w: Writer) => {
  w.str(topic).array(partitions, (partition, w) => w.i32(partition))
}

const readPartitions = (r: Reader): Map<string, number[]> => new Map(r.array(r => [r.str(), r.array(r => r.i32())]))
