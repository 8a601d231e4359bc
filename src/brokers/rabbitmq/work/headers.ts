import { isUtf8 } from 'node:buffer'
import type { MessageHeader } from '../../../core/message.js'
import { COUNTS } from '../relay/edits.js'
import { type Delivery, routingKey } from '../wire/delivery.js'
import { type Entry, entries } from '../wire/field-table.js'
import { readLong } from '../wire/frames.js'
import { has, locate, type Property, type Span, shortString, spanOf } from '../wire/header-frame.js'
import { isBytes, isVoid, jsonOf } from './field-json.js'

/** What the names of standard properties begin with, among the headers. */
export const PROPERTY_PREFIX = 'amqp.'
/** The routing key, as a header. */
export const ROUTING_KEY_HEADER = `${PROPERTY_PREFIX}routing-key`
/** The furthest time that a Date can tell (ECMA-262, 21.4.1.1). Milliseconds. */
const LAST_MS = 8.64e15

/** Entries of the headers table; without the counts that a quorum queue adds to what it delivers again. */
export function tableEntries({ bytes, header, redelivered }: Delivery): readonly Entry[] {
  if (!has(bytes, header, 'headers')) return []
  const { headers } = locate(bytes, header)
  if (headers === undefined) return []
  const all = [...entries(bytes, headers.from + 4, headers.to)]
  return redelivered ? all.filter(({ name }) => !COUNTS.includes(name)) : all
}

/** A header's own bytes for strings and byte arrays, null for a void, its JSON text for any other type. */
export function headerValue(bytes: Buffer, entry: Entry): Buffer | null {
  if (isVoid(entry)) return null
  return isBytes(entry) ? bytes.subarray(entry.value, entry.to) : Buffer.from(jsonOf(bytes, entry))
}

/**
 * All that a message carries beside its body, as headers: first the headers table in its order, then the properties that are set, as
 * `amqp.content-type`, and the routing key as `amqp.routing-key`. Numbers are decimal text.
 */
export function headersOf(delivery: Delivery): readonly MessageHeader[] {
  const { bytes, header } = delivery
  const table = tableEntries(delivery).map((entry): MessageHeader => [nameOf(bytes, entry), headerValue(bytes, entry)])
  const properties = propertiesOf(bytes, header).map(([name, value]): MessageHeader => [PROPERTY_PREFIX + name, value])
  const key = routingKey(delivery)
  return [...table, ...properties, ...(key.length === 0 ? [] : [[ROUTING_KEY_HEADER, key] as const])]
}

const nameOf = (bytes: Buffer, { from, name }: Entry): string | Buffer => {
  const raw = bytes.subarray(from + 1, from + 1 + (bytes[from] ?? 0))
  return isUtf8(raw) ? name : raw
}

/** Properties that are set, in the order of their flags, each as text; without the headers table. */
export function propertiesOf(bytes: Buffer, header: number): readonly (readonly [Property, Buffer])[] {
  return Object.entries(locate(bytes, header)).flatMap(([name, span]) => {
    const property = name as Property
    return property === 'headers' ? [] : [[property, propertyText(bytes, property, span)] as const]
  })
}

/** A property that is set, as text: fixed ones in decimal digits. */
export const propertyText = (bytes: Buffer, property: Property, span: Span): Buffer => {
  if (property === 'timestamp') return Buffer.from(String(bytes.readBigUInt64BE(span.from)))
  const isOctet = property === 'delivery-mode' || property === 'priority'
  return isOctet ? Buffer.from(String(bytes[span.from])) : shortString(bytes, span)
}

/** The timestamp property in milliseconds; -1 where there is none, or none that a clock could show. */
export function timestampOf({ bytes, header }: Delivery): number {
  const span = spanOf(bytes, header, 'timestamp')
  if (span === undefined) return -1
  const ms = readLong(bytes, span.from) * 1000
  return ms <= LAST_MS ? ms : -1
}
