import type { Message } from '../../../core/message.js'
import { isFar, splitTime } from '../records/far-time.js'
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
  const time = message.timestamp < 0 ? now() : message.timestamp
  const at = { origin: 0n, timestamp: time }
  if (isFar(time)) splitTime(at, BigInt(time))
  return { data, start: 0, end: data.length, origin: at.origin, time: at.timestamp }
}

/** Source of the layout: https://kafka.apache.org/documentation/#record */
function encode({ key, value, headers }: Message, extra: Extra): Buffer {
  const count = zigzag(headers.length + extra.length)
  let size = fieldBytes(key) + fieldBytes(value) + varintBytes(count)
  for (const [name, content] of headers) size += fieldBytes(bytesOf(name)) + fieldBytes(content)
  for (const [name, content] of extra) size += fieldBytes(bytesOf(name)) + fieldBytes(bytesOf(content))
  const data = Buffer.allocUnsafe(size)
  let at = putVarint(data, putField(data, putField(data, 0, key), value), count)
  for (const [name, content] of headers) at = putField(data, putField(data, at, bytesOf(name)), content)
  for (const [name, content] of extra) at = putField(data, putField(data, at, bytesOf(name)), bytesOf(content))
  return data
}

/** Names of headers, and what is added to all messages: a few texts, again and again. */
const known = new Map<string, Buffer>()
const KNOWN_MOST = 256

function bytesOf(text: string | Buffer): Buffer {
  if (typeof text !== 'string') return text
  let bytes = known.get(text)
  if (bytes === undefined) {
    if (known.size >= KNOWN_MOST) known.clear()
    bytes = Buffer.from(text)
    known.set(text, bytes)
  }
  return bytes
}

const fieldBytes = (field: Buffer | null): number => {
  const length = field?.length ?? 0
  return varintBytes(zigzag(field === null ? -1 : length)) + length
}

/** Below this many bytes a loop beats a native copy. */
const LOOP_BELOW = 64

function putField(data: Buffer, at: number, field: Buffer | null): number {
  if (field === null) return putVarint(data, at, zigzag(-1))
  const { length } = field
  let to = putVarint(data, at, zigzag(length))
  if (length >= LOOP_BELOW) return to + field.copy(data, to)
  for (let from = 0; from < length; from++) data[to++] = field[from] as number
  return to
}
