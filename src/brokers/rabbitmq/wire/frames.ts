/** Frame types, AMQP 0-9-1 section 2.3.5. */
export const FRAME = { method: 1, header: 2, body: 3 } as const
/** Type, channel and size before the payload. */
export const FRAME_HEAD = 7
/** Head and end octet. */
export const FRAME_OVERHEAD = 8
export const FRAME_END = 0xce

/** Class and method of class basic (60), as the first four bytes of a method frame's payload. */
export const METHOD = {
  publish: 0x003c0028,
  return: 0x003c0032,
  deliver: 0x003c003c,
  ack: 0x003c0050,
  nack: 0x003c0078,
} as const

const TWO_32 = 0x1_0000_0000

/** Where the frame that begins at `at` ends; 0 while it is not there whole. Throws on a frame without its end octet. */
export function frameEnd(bytes: Buffer, at: number): number {
  if (bytes.length - at < FRAME_OVERHEAD) return 0
  const end = at + FRAME_OVERHEAD + bytes.readUInt32BE(at + 3)
  if (end > bytes.length) return 0
  if (bytes[end - 1] !== FRAME_END) throw new Error('A frame from the broker has no end octet')
  return end
}

/** The method of a method frame. */
export const methodOf = (bytes: Buffer, at: number): number => bytes.readUInt32BE(at + FRAME_HEAD)

/** An unsigned 64-bit number; delivery tags and body sizes stay far below 2^53. */
export const readLong = (bytes: Buffer, at: number): number =>
  bytes.readUInt32BE(at) * TWO_32 + bytes.readUInt32BE(at + 4)

/** basic.ack of everything up to a tag (`multiple`) or of one. */
export const ackFrame = (channel: number, tag: number, multiple: boolean): Buffer =>
  tagged(channel, METHOD.ack, tag, multiple ? 1 : 0)

/** basic.nack of each, that puts messages back where they were. */
export const requeueFrames = (channel: number, tags: readonly number[]): Buffer =>
  Buffer.concat(tags.map(tag => tagged(channel, METHOD.nack, tag, 2)))

function tagged(channel: number, method: number, tag: number, bits: number): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_OVERHEAD + 13)
  frame[0] = FRAME.method
  frame.writeUInt16BE(channel, 1)
  frame.writeUInt32BE(13, 3)
  frame.writeUInt32BE(method, 7)
  frame.writeUInt32BE(Math.floor(tag / TWO_32), 11)
  frame.writeUInt32BE(tag % TWO_32, 15)
  frame[19] = bits
  frame[20] = FRAME_END
  return frame
}

/** A basic.publish frame, mandatory, but for its routing key: what stands before the key's length octet. Size is written per message. */
export function publishHead(channel: number, exchange: string): Buffer {
  const name = Buffer.from(exchange)
  const head = Buffer.alloc(FRAME_HEAD + 4 + 2 + 1 + name.length)
  head[0] = FRAME.method
  head.writeUInt16BE(channel, 1)
  head.writeUInt32BE(METHOD.publish, FRAME_HEAD)
  head[FRAME_HEAD + 6] = name.length
  name.copy(head, FRAME_HEAD + 7)
  return head
}

/** The bits of basic.publish: mandatory, not immediate. */
export const MANDATORY = 1
