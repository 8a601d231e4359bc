import type { Rendered } from './message.js'

/** Frame types, the end octet, and what a frame has besides its payload (AMQP 0-9-1, 4.2.3). */
const METHOD = 1
const HEADER = 2
const BODY = 3
const END = 0xce
const AROUND = 8
const HEAD = 7
const BASIC = 60
const PUBLISH = 40
/** Bit 0 of basic.publish: a message that reaches no queue is returned. */
const MANDATORY = 1

/** What is the same for every message of a fill. */
export type Framing = { readonly channel: number; readonly exchange: Buffer; readonly frameMax: number }

/** Bytes that `putMessage` writes at most. */
export const frameBytes = ({ exchange, frameMax }: Framing, { routingKey, properties, body }: Rendered): number => {
  const bodies = Math.ceil(body.length / (frameMax - AROUND))
  return 64 + exchange.length + routingKey.length + properties.length + body.length + (bodies + 2) * AROUND
}

/** Writes method, header and body frames of one publish at `at`; returns the end. */
export function putMessage(target: Buffer, at: number, framing: Framing, message: Rendered): number {
  const afterMethod = putMethod(target, at, framing, message.routingKey)
  const afterHeader = putHeader(target, afterMethod, framing, message)
  return putBody(target, afterHeader, framing, message.body)
}

function putMethod(target: Buffer, at: number, { channel, exchange }: Framing, routingKey: Buffer): number {
  let o = target.writeUInt16BE(BASIC, at + HEAD)
  o = target.writeUInt16BE(PUBLISH, o)
  o = target.writeUInt16BE(0, o)
  o = putShort(target, o, exchange)
  o = putShort(target, o, routingKey)
  o = target.writeUInt8(MANDATORY, o)
  return close(target, at, { type: METHOD, channel, end: o })
}

function putHeader(target: Buffer, at: number, { channel }: Framing, { flags, properties, body }: Rendered): number {
  let o = target.writeUInt16BE(BASIC, at + HEAD)
  o = target.writeUInt16BE(0, o)
  o = target.writeUInt32BE(0, o)
  o = target.writeUInt32BE(body.length, o)
  o = target.writeUInt16BE(flags, o)
  o += properties.copy(target, o)
  return close(target, at, { type: HEADER, channel, end: o })
}

function putBody(target: Buffer, at: number, { channel, frameMax }: Framing, body: Buffer): number {
  let o = at
  for (let from = 0; from < body.length; from += frameMax - AROUND) {
    const copied = body.copy(target, o + HEAD, from, from + frameMax - AROUND)
    o = close(target, o, { type: BODY, channel, end: o + HEAD + copied })
  }
  return o
}

function putShort(target: Buffer, at: number, text: Buffer): number {
  const o = target.writeUInt8(text.length, at)
  return o + text.copy(target, o)
}

/** Puts type, channel and size in front of a payload that ends at `end`, and the end octet behind it. */
function close(target: Buffer, at: number, frame: { type: number; channel: number; end: number }): number {
  target.writeUInt8(frame.type, at)
  target.writeUInt16BE(frame.channel, at + 1)
  target.writeUInt32BE(frame.end - at - HEAD, at + 3)
  return target.writeUInt8(END, frame.end)
}
