import type { Message } from '../../../core/message.js'
import { splitTime } from '../records/far-time.js'
import { putVarint, varintBytes, zigzag } from '../records/varint.js'
import { KafkaMessage } from './kafka-message.js'

/** A record's bytes from its key length to its last header, at data[start, end), and its time: `origin` + `time` in ms. */
export type Section = {
  readonly data: Buffer
  readonly start: number
  readonly end: number
  readonly origin: bigint
  readonly time: number
}

/** Headers that are added behind the message's own. */
export type Extra = readonly (readonly [name: string, value: string])[]

/** The section of a message: the bytes as they came where it is one of Kafka's and nothing is added. A message without a time gets `now`. */
export function sectionOf(message: Message, extra: Extra, now: () => number): Section {
  const { native } = message
  if (native instanceof KafkaMessage && extra.length === 0 && native.timestamp >= 0) {
    const { data, start, end, origin, time } = native
    return { data, start, end, origin, time }
  }
  const data = encode(message, extra)
  const at = { origin: 0n, timestamp: 0 }
  splitTime(at, BigInt(message.timestamp < 0 ? now() : message.timestamp))
  return { data, start: 0, end: data.length, origin: at.origin, time: at.timestamp }
}

/** Source of the layout: https://kafka.apache.org/documentation/#record */
function encode({ key, value, headers }: Message, extra: Extra): Buffer {
  const fields: (Buffer | null)[] = [key, value]
  for (const [name, content] of headers) fields.push(bytesOf(name), content)
  for (const [name, content] of extra) fields.push(bytesOf(name), Buffer.from(content))
  const count = zigzag(headers.length + extra.length)
  const size = fields.reduce((sum, field) => sum + fieldBytes(field), varintBytes(count))
  const data = Buffer.allocUnsafe(size)
  let at = 0
  for (const [i, field] of fields.entries()) {
    at = putField(data, at, field)
    if (i === 1) at = putVarint(data, at, count)
  }
  return data
}

const bytesOf = (name: string | Buffer): Buffer => (typeof name === 'string' ? Buffer.from(name) : name)

const fieldBytes = (field: Buffer | null): number => {
  const length = field?.length ?? 0
  return varintBytes(zigzag(field === null ? -1 : length)) + length
}

function putField(data: Buffer, at: number, field: Buffer | null): number {
  if (field === null) return putVarint(data, at, zigzag(-1))
  const from = putVarint(data, at, zigzag(field.length))
  return from + field.copy(data, from)
}
