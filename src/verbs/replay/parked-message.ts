import type { Message } from '../../core/message.js'
import type { ParkedHeader, ParkedRecord } from '../../journal/parked.js'

/** What messages of a parking file are, and where they came from. */
export type Parking = {
  readonly system: 'kafka' | 'rabbitmq'
  /** Topic or queue that they came from. */
  readonly name: string
  /** Kafka: its partitions. */
  readonly partitions?: number
  /** Makes a message of RabbitMQ of the frames that it came as. */
  readonly rabbit?: (record: ParkedRecord, queue: string, at: number) => Message | undefined
}

/** A parked message, to be sent again. `at` is its place in the file. A temporary lane is told as the partition that it was filled from. */
export function messageOf(record: ParkedRecord, { name, partitions, rabbit }: Parking, at: number): Message {
  const native = rabbit?.(record, name, at)
  if (native !== undefined) return record.id === undefined ? native : withId(native, record.id)
  const { origin } = record
  const [key, value] = [bufferOf(record.key), bufferOf(record.value)]
  const headers = record.headers.map(([header, content]: ParkedHeader) => [nameOf(header), bufferOf(content)] as const)
  return {
    id: record.id ?? `${origin.target}/${origin.lane}/${origin.mark}`,
    key,
    value,
    headers,
    timestamp: Number(record.timestamp),
    target: origin.target,
    lane: partitions === undefined ? origin.lane : String(Number(origin.lane) % partitions),
    mark: origin.mark,
    size:
      sizeOf(key) + sizeOf(value) + headers.reduce((sum, [each, content]) => sum + each.length + sizeOf(content), 0),
  }
}

/** The id by which handlers knew it, whatever its bytes say. */
const withId = (message: Message, id: string): Message => ({
  id,
  key: message.key,
  value: message.value,
  headers: message.headers,
  timestamp: message.timestamp,
  target: message.target,
  lane: message.lane,
  mark: message.mark,
  size: message.size,
  native: message.native,
})

const bufferOf = <T extends Uint8Array | null>(bytes: T): T extends null ? null : Buffer =>
  (bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) as T extends null
    ? null
    : Buffer

const nameOf = (name: string | Uint8Array): string | Buffer => (typeof name === 'string' ? name : bufferOf(name))

const sizeOf = (bytes: Buffer | null): number => bytes?.length ?? 0
