import { isRecord, type JsonRecord, toBigint } from '../core/revive.js'

/** A header as it came; a name that is not UTF-8 stays bytes. */
export type ParkedHeader = readonly [name: string | Uint8Array, value: Uint8Array | null]

/**
 * What a message of RabbitMQ has beside its body, as it came: `header` is the payload of its content header frame (AMQP 0-9-1, 2.3.5.2), with every
 * property and header in its own type.
 */
export type ParkedFrames = {
  readonly exchange: Uint8Array
  readonly routingKey: Uint8Array
  readonly header: Uint8Array
}

/** A message that was set aside: its bytes as they came, why, and where it came from. */
export type ParkedRecord = {
  /** What handlers knew it by, where its origin does not tell that: a message of RabbitMQ. */
  readonly id?: string
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly ParkedHeader[]
  /** Milliseconds since the epoch; -1 where the message has none. */
  readonly timestamp: bigint
  readonly reason: string
  /** How often a handler tried it; 0 where it never got to one. */
  readonly attempts: number
  /** `at` is the time of parking, ISO 8601 in UTC. */
  readonly origin: { readonly target: string; readonly lane: string; readonly mark: string; readonly at: string }
  /** A message of RabbitMQ that came as frames. */
  readonly amqp?: ParkedFrames
  /** A row as it is, which its mapping could make no message of. */
  readonly isRow?: true
}

const base64 = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

/** One line of parked.ndjson, without the newline. Key, value and header values are base64; null stays null. */
export const parkedToJson = (record: ParkedRecord): string =>
  JSON.stringify({
    ...(record.id === undefined ? {} : { id: record.id }),
    origin: record.origin,
    reason: record.reason,
    attempts: record.attempts,
    timestamp: record.timestamp.toString(),
    key: base64(record.key),
    value: base64(record.value),
    headers: record.headers.map(([name, value]) => [
      typeof name === 'string' ? name : { base64: base64(name) },
      base64(value),
    ]),
    ...(record.amqp === undefined ? {} : { amqp: framesToJson(record.amqp) }),
    ...(record.isRow === undefined ? {} : { isRow: true }),
  })

const framesToJson = ({ exchange, routingKey, header }: ParkedFrames) => ({
  exchange: base64(exchange),
  routingKey: base64(routingKey),
  header: base64(header),
})

/** A parked message from its parsed JSON. Throws TypeError where it is none. */
export function reviveParked(raw: unknown): ParkedRecord {
  if (!isRecord(raw) || !isRecord(raw.origin) || !Array.isArray(raw.headers)) throw new TypeError('no parked message')
  const { target, lane, mark, at } = raw.origin
  return {
    ...(typeof raw.id === 'string' ? { id: raw.id } : {}),
    key: bytes(raw.key),
    value: bytes(raw.value),
    headers: raw.headers.map(header),
    timestamp: toBigint(raw.timestamp),
    reason: text(raw.reason),
    attempts: Number(raw.attempts ?? 0),
    origin: { target: text(target), lane: text(lane), mark: text(mark), at: text(at) },
    ...(isRecord(raw.amqp) ? { amqp: frames(raw.amqp) } : {}),
    ...(raw.isRow === true ? { isRow: true } : {}),
  }
}

const frames = ({ exchange, routingKey, header }: JsonRecord): ParkedFrames => ({
  exchange: Buffer.from(text(exchange), 'base64'),
  routingKey: Buffer.from(text(routingKey), 'base64'),
  header: Buffer.from(text(header), 'base64'),
})

/** What makes two parked lines the same message: a resumed run may park once more what it parked before the kill. */
export const parkedIdentity = ({ origin }: ParkedRecord): string => `${origin.target}/${origin.lane}/${origin.mark}`

function header(raw: unknown): ParkedHeader {
  if (!Array.isArray(raw)) throw new TypeError('no header')
  const [name, value] = raw as readonly unknown[]
  return [isRecord(name) ? (bytes(name.base64) ?? new Uint8Array()) : text(name), bytes(value)]
}

function bytes(raw: unknown): Uint8Array | null {
  return raw === null ? null : Buffer.from(text(raw), 'base64')
}

function text(raw: unknown): string {
  if (typeof raw !== 'string') throw new TypeError(`not text: ${String(raw)}`)
  return raw
}
