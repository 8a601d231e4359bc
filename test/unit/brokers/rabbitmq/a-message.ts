import { type Delivery, describe } from '../../../../src/brokers/rabbitmq/wire/delivery.js'

/** Properties in the order of their flags; values as they are encoded. */
export type Encoded = Partial<Record<(typeof ORDER)[number], Buffer>>
export const ORDER = [
  'content-type',
  'content-encoding',
  'headers',
  'delivery-mode',
  'priority',
  'correlation-id',
  'reply-to',
  'expiration',
  'message-id',
  'timestamp',
  'type',
  'user-id',
  'app-id',
  'cluster-id',
] as const

export const short = (text: string): Buffer => Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)])
export const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
export const longLong = (value: number): Buffer =>
  Buffer.concat([long(Math.floor(value / 2 ** 32)), long(value % 2 ** 32)])
export const longText = (text: string): Buffer => Buffer.concat([long(Buffer.byteLength(text)), Buffer.from(text)])
/** An entry of a table: its name, the letter of its type, its value as encoded. */
export const entry = (name: string, type: string, value: Buffer): Buffer =>
  Buffer.concat([short(name), Buffer.from(type), value])
export const table = (...entries: Buffer[]): Buffer => {
  const body = Buffer.concat(entries)
  return Buffer.concat([long(body.length), body])
}

/** One header of every type that RabbitMQ takes (rabbit_binary_parser.erl), with values that a decoder would change. */
export const EVERY_TYPE: readonly Buffer[] = [
  entry('bool', 't', Buffer.of(1)),
  entry('i8', 'b', Buffer.of(0x80)),
  entry('u8', 'B', Buffer.of(0xff)),
  entry('i16', 's', Buffer.of(0x80, 1)),
  entry('u16', 'u', Buffer.of(0xff, 0xfe)),
  entry('i32', 'I', long(7)),
  entry('u32', 'i', long(0xfffffffe)),
  entry('i64', 'l', Buffer.from('7fffffffffffffff', 'hex')),
  entry('f32', 'f', Buffer.from('3dcccccd', 'hex')),
  entry('f64', 'd', Buffer.from('3fb999999999999a', 'hex')),
  entry('dec', 'D', Buffer.of(2, 0, 0, 0, 9)),
  entry('binary', 'S', Buffer.concat([long(4), Buffer.of(0xff, 0xfe, 0, 0x80)])),
  entry('bytes', 'x', longText('raw')),
  entry('when', 'T', longLong(1_700_000_000)),
  entry('void', 'V', Buffer.alloc(0)),
  entry('list', 'A', longText('t\x01V')),
  entry('__proto__', 'S', longText('kept')),
  entry(
    'nest',
    'F',
    table(entry('deep', 'A', table(Buffer.from('V'), Buffer.from('t\x01'))), entry('l', 'l', longLong(3))),
  ),
]

export const frame = (type: number, channel: number, payload: Buffer): Buffer =>
  Buffer.concat([Buffer.of(type, channel >> 8, channel & 255), long(payload.length), payload, Buffer.of(0xce)])

export function headerFrame(encoded: Encoded, size: number, channel = 1): Buffer {
  let flags = 0
  const values = ORDER.flatMap((name, index) => {
    const value = encoded[name]
    if (value !== undefined) flags |= 0x8000 >> index
    return value === undefined ? [] : [value]
  })
  const head = Buffer.concat([Buffer.of(0, 60, 0, 0), longLong(size), Buffer.of(flags >> 8, flags & 255)])
  return frame(2, channel, Buffer.concat([head, ...values]))
}

export type Given = {
  encoded?: Encoded
  body?: Buffer
  tag?: number
  redelivered?: boolean
  routingKey?: string
  channel?: number
  /** Bytes of body in one frame. */
  cut?: number
}

/** The frames with which a broker delivers a message. */
export function deliverFrames(given: Given = {}): { method: Buffer; header: Buffer; body: Buffer } {
  const {
    encoded = {},
    body = Buffer.from('hello'),
    tag = 1,
    redelivered = false,
    routingKey = 'rk',
    channel = 1,
  } = given
  const { cut = 131064 } = given
  const method = Buffer.concat([
    Buffer.of(0, 60, 0, 60),
    short('ctag'),
    longLong(tag),
    Buffer.of(redelivered ? 1 : 0),
    short('exch'),
    short(routingKey),
  ])
  const bodies: Buffer[] = []
  for (let at = 0; at < body.length; at += cut) bodies.push(frame(3, channel, body.subarray(at, at + cut)))
  return {
    method: frame(1, channel, method),
    header: headerFrame(encoded, body.length, channel),
    body: Buffer.concat(bodies),
  }
}

/** A message as the relay holds it, some bytes into a buffer. */
export function delivery(given: Given = {}): Delivery {
  const { method, header, body } = deliverFrames(given)
  const at = 3
  const bytes = Buffer.concat([Buffer.alloc(at), method, header, body, Buffer.alloc(2)])
  const headerAt = at + method.length
  const bodyAt = headerAt + header.length
  return describe({ bytes, at, header: headerAt, body: bodyAt, end: bodyAt + body.length })
}
