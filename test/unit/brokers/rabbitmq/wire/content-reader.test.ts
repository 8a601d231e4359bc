import { describe, expect, it } from 'vitest'
import { ContentReader } from '../../../../../src/brokers/rabbitmq/wire/content-reader.js'
import {
  bodyOf,
  type Content,
  describe as described,
  recut,
  routingKey,
} from '../../../../../src/brokers/rabbitmq/wire/delivery.js'
import { METHOD } from '../../../../../src/brokers/rabbitmq/wire/frames.js'
import { deliverFrames, frame, type Given } from '../a-message.js'

const HEARTBEAT = frame(8, 0, Buffer.alloc(0))
const bytesOf = (given: Given) => Buffer.concat(Object.values(deliverFrames(given)))

/** Feeds bytes as a connection does, in chunks; what the reader leaves goes to the other side, as whole frames. */
async function read(stream: Buffer, chunk: number, streamed?: number) {
  const contents: Content[] = []
  const reader = new ContentReader(METHOD.deliver, content => contents.push(content), streamed)
  reader.channel = 1
  const left: number[] = []
  let rest: Buffer = Buffer.alloc(0)
  for (let at = 0; at < stream.length; at += chunk) {
    rest = Buffer.concat([rest, stream.subarray(at, at + chunk)])
    for (;;) {
      rest = rest.subarray(reader.take(rest))
      const end = rest.length < 8 ? 0 : 8 + rest.readUInt32BE(3)
      if (reader.hungry || end === 0 || rest.length < end) break
      left.push(rest[0] as number)
      rest = rest.subarray(end)
    }
  }
  return { contents, left, rest }
}

describe.each([1, 7, 100, 4096, 1 << 20])('in chunks of %d bytes', chunk => {
  it('reads messages with no body, one frame and many, and leaves other frames alone', async () => {
    const bodies = [Buffer.alloc(0), Buffer.from('one'), Buffer.alloc(5000, 7)]
    const messages = bodies.map((body, i) => bytesOf({ body, tag: i + 1, cut: 1000, routingKey: `k${i}` }))
    const { contents, left, rest } = await read(Buffer.concat([HEARTBEAT, ...messages, HEARTBEAT]), chunk)
    const seen = contents.map(described)
    expect(seen.map(bodyOf)).toEqual(bodies)
    expect(seen.map(({ tag }) => tag)).toEqual([1, 2, 3])
    expect(seen.map(one => routingKey(one).toString())).toEqual(['k0', 'k1', 'k2'])
    expect([left, rest.length]).toEqual([[8, 8], 0])
  })

  it('puts a message together around frames of other channels', async () => {
    const { method, header, body } = deliverFrames({ body: Buffer.alloc(2000, 1), cut: 1000 })
    const stranger = bytesOf({ channel: 2 })
    const stream = Buffer.concat([method, HEARTBEAT, header, body.subarray(0, 1008), stranger, body.subarray(1008)])
    const { contents, left } = await read(stream, chunk)
    expect(contents.map(one => one.bytes.subarray(one.at, one.end))).toEqual([Buffer.concat([method, header, body])])
    expect(left).toEqual([8, 1, 2, 3])
  })

  it('hands a large body on while it comes', async () => {
    const given = { body: Buffer.alloc(5000, 3), cut: 1000 }
    const { contents } = await read(Buffer.concat([bytesOf(given), bytesOf({ tag: 2 })]), chunk, 2000)
    const [large, small] = contents
    const frames: Buffer[] = []
    for await (const one of large?.late?.frames() ?? []) frames.push(one)
    expect(Buffer.concat(frames)).toEqual(deliverFrames(given).body)
    expect(large?.body).toBe(large?.end)
    expect(small?.late).toBeUndefined()
  })
})

it('cuts body frames anew where they are longer than the target takes', () => {
  const body = Buffer.from(Array.from({ length: 2500 }, (_, i) => i & 255))
  const cut = recut(deliverFrames({ body, cut: 1000 }).body, 9, 408)
  expect(Math.max(...cut.map(({ length }) => length))).toBe(408)
  expect(new Set(cut.map(one => one.readUInt16BE(1)))).toEqual(new Set([9]))
  const bytes = Buffer.concat(cut)
  expect(bodyOf({ bytes, body: 0, end: bytes.length })).toEqual(body)
})
