import { isUtf8 } from 'node:buffer'
import type { Message, MessageHeader } from '../../../core/message.js'
import { UncarriableError } from '../../../fanout/ports.js'
import { FRAME, FRAME_END, FRAME_HEAD } from '../wire/frames.js'

/** Names of the headers that carry what AMQP has no property for. */
export const KEY_HEADER = 'x-spillway-key'
export const ID_HEADER = 'x-spillway-id'
/** The value was null, which AMQP cannot tell from an empty body. */
export const NULL_HEADER = 'x-spillway-null'

// Flags of content-type, headers, delivery-mode, message-id and timestamp, and class basic (AMQP 0-9-1, 1.8.1 and 2.3.5.2).
const CONTENT_TYPE = 0x8000
const HEADERS = 0x2000
const DELIVERY_MODE = 0x1000
const MESSAGE_ID = 0x0080
const TIMESTAMP = 0x0040
const CLASS = 60
const PERSISTENT = 2
/** Of a short string. */
const LONGEST_NAME = 255

/**
 * The header frame for a message of another system, for channel 0: persistent, its time as timestamp (whole seconds), its headers in their order as
 * long strings (byte arrays where they are not UTF-8, void where null), and behind them `x-spillway-key`, `x-spillway-id` and, for a null
 * value, `x-spillway-null`; its content type and message-id where it has them. Throws UncarriableError for a name or one of these that is too long.
 */
export function foreignHeader(message: Message, extra: readonly (readonly [string, string])[]): Buffer {
  const { key, value, id, timestamp } = message
  const table = Buffer.concat([
    ...message.headers.map(headerEntry),
    ...(key === null ? [] : [tableEntry(KEY_HEADER, key)]),
    tableEntry(ID_HEADER, Buffer.from(id)),
    ...(value === null ? [named(NULL_HEADER, 't', Buffer.of(1))] : []),
    ...extra.map(([name, text]) => tableEntry(name, Buffer.from(text))),
  ])
  const hasTime = timestamp >= 0
  const type = shortText('content type', message.contentType)
  const messageId = shortText('message-id', message.messageId)
  const optional = (type.length > 0 ? CONTENT_TYPE : 0) | (messageId.length > 0 ? MESSAGE_ID : 0)
  const flags = optional | HEADERS | DELIVERY_MODE | (hasTime ? TIMESTAMP : 0)
  const time = hasTime ? [long64(Math.floor(timestamp / 1000))] : []
  const given = [...type, long32(table.length), table, Buffer.of(PERSISTENT), ...messageId, ...time]
  const properties = Buffer.concat(given)
  return frameOf({ flags, properties, size: value?.length ?? 0 })
}

function shortText(what: string, text: string | undefined): readonly Buffer[] {
  if (text === undefined) return []
  const bytes = Buffer.from(text)
  if (bytes.length > LONGEST_NAME)
    throw new UncarriableError(`its ${what} has ${bytes.length} bytes; AMQP takes ${LONGEST_NAME}`)
  return [Buffer.of(bytes.length), bytes]
}

const headerEntry = ([name, value]: MessageHeader): Buffer =>
  value === null ? named(name, 'V', Buffer.alloc(0)) : tableEntry(name, value)

/** An entry of a table: a long string, or a byte array where the value is not UTF-8. Throws UncarriableError. */
export const tableEntry = (name: string | Buffer, value: Buffer): Buffer =>
  named(name, isUtf8(value) ? 'S' : 'x', Buffer.concat([long32(value.length), value]))

function named(name: string | Buffer, letter: string, value: Buffer): Buffer {
  const bytes = Buffer.from(name)
  if (bytes.length > LONGEST_NAME)
    throw new UncarriableError(`the name of a header has ${bytes.length} bytes; AMQP takes ${LONGEST_NAME}`)
  return Buffer.concat([Buffer.of(bytes.length), bytes, Buffer.from(letter), value])
}

function frameOf({ flags, properties, size }: { flags: number; properties: Buffer; size: number }): Buffer {
  const payload = 14 + properties.length
  const head = Buffer.alloc(FRAME_HEAD + 14)
  head[0] = FRAME.header
  head.writeUInt32BE(payload, 3)
  head.writeUInt16BE(CLASS, FRAME_HEAD)
  head.writeBigUInt64BE(BigInt(size), FRAME_HEAD + 4)
  head.writeUInt16BE(flags, FRAME_HEAD + 12)
  return Buffer.concat([head, properties, Buffer.of(FRAME_END)])
}

const long32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const long64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
