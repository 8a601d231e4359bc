import { crc32c } from '@node-rs/crc32'
import { type Content, type Delivery, routingKey } from '../wire/delivery.js'
import { FRAME_HEAD } from '../wire/frames.js'

/** A message of a queue as an archive keeps it. Bytes are as they came; what is decoded is a view of the piece. */
export type QueueRecord = {
  readonly exchange: Buffer
  readonly routingKey: Buffer
  readonly redelivered: boolean
  /** Payload of the content header frame (AMQP 0-9-1, 2.3.5.2): class, weight, body size, property flags and properties. */
  readonly header: Buffer
  /** Put together, they are the body. */
  readonly body: readonly Buffer[]
}

/** Length, two short strings' lengths, flags, header length, body length. */
const FIXED = 4 + 1 + 1 + 1 + 4 + 8
const REDELIVERED = 1

/** Bytes that a record takes, its length field included. */
export const recordBytes = ({ exchange, routingKey, header, body }: QueueRecord): number =>
  FIXED + exchange.length + routingKey.length + header.length + bytesOf(body)

/** Bytes of the body. */
export const bytesOf = (body: readonly Buffer[]): number => {
  let sum = 0
  for (const part of body) sum += part.length
  return sum
}

/** CRC-32C of header payload and body: what the index calls digest. */
export function recordDigest({ header, body }: QueueRecord): number {
  let crc = crc32c(header)
  for (const part of body) crc = crc32c(part, crc)
  return crc >>> 0
}

/** Writes a record; gives the place behind it. Integers are big-endian, as AMQP has them. */
export function writeRecord(into: Buffer, at: number, record: QueueRecord): number {
  const { exchange, routingKey, redelivered, header, body } = record
  let to = into.writeUInt32BE(recordBytes(record) - 4, at)
  to = writeShort(into, to, exchange)
  to = writeShort(into, to, routingKey)
  to = into.writeUInt8(redelivered ? REDELIVERED : 0, to)
  to = into.writeUInt32BE(header.length, to)
  to += header.copy(into, to)
  to = into.writeBigUInt64BE(BigInt(bytesOf(body)), to)
  for (const part of body) to += part.copy(into, to)
  return to
}

/** The record at a place, as views, and the place behind it. Throws TypeError where the bytes are none. */
export function readRecord(bytes: Buffer, at: number): { readonly record: QueueRecord; readonly end: number } {
  const end = at + 4 <= bytes.length ? at + 4 + bytes.readUInt32BE(at) : Number.NaN
  if (!(end <= bytes.length)) throw new TypeError(`the record at byte ${at} of the piece is cut short`)
  const exchange = shortAt(bytes, at + 4)
  const key = shortAt(bytes, at + 5 + exchange.length)
  const flags = at + 6 + exchange.length + key.length
  const headerEnd = flags + 5 + bytes.readUInt32BE(flags + 1)
  const bodyBytes = headerEnd + 8 <= end ? Number(bytes.readBigUInt64BE(headerEnd)) : -1
  if (headerEnd + 8 + bodyBytes !== end) throw new TypeError(`the record at byte ${at} of the piece is damaged`)
  const record = {
    exchange,
    routingKey: key,
    redelivered: ((bytes[flags] ?? 0) & REDELIVERED) !== 0,
    header: bytes.subarray(flags + 5, headerEnd),
    body: [bytes.subarray(headerEnd + 8, end)],
  }
  return { record, end }
}

/** A delivery as a record: views of its bytes, so encode it before they are used again. A late body has none here. */
export function recordOf(delivery: Delivery): QueueRecord {
  const { bytes, header, redelivered } = delivery
  const payload = header + FRAME_HEAD
  return {
    exchange: exchangeOf(delivery),
    routingKey: routingKey(delivery),
    redelivered,
    header: bytes.subarray(payload, payload + bytes.readUInt32BE(header + 3)),
    body: bodyParts(delivery),
  }
}

/** Payload of basic.deliver (1.8.3.13): class and method, consumer tag, delivery tag, redelivered, exchange. */
function exchangeOf({ bytes, at }: Delivery): Buffer {
  const tag = at + FRAME_HEAD + 4
  return shortAt(bytes, tag + 1 + (bytes[tag] as number) + 9)
}

function bodyParts({ bytes, body, end }: Content): readonly Buffer[] {
  const parts: Buffer[] = []
  for (let at = body; at < end; ) {
    const size = bytes.readUInt32BE(at + 3)
    parts.push(bytes.subarray(at + FRAME_HEAD, at + FRAME_HEAD + size))
    at += FRAME_HEAD + size + 1
  }
  return parts
}

const writeShort = (into: Buffer, at: number, text: Buffer): number => {
  const to = into.writeUInt8(text.length, at)
  return to + text.copy(into, to)
}

const shortAt = (bytes: Buffer, at: number): Buffer => bytes.subarray(at + 1, at + 1 + (bytes[at] as number))
