import { expect, it } from 'vitest'
import { checkQueueRecipe } from '../../../../../src/lab/rabbitmq/fill/check.js'
import { frameBytes, putMessage } from '../../../../../src/lab/rabbitmq/fill/frames.js'
import { MessageMaker } from '../../../../../src/lab/rabbitmq/fill/message.js'
import { type QueueFillRequest, withQueueDefaults } from '../../../../../src/lab/rabbitmq/fill/request.js'

const settings = { host: 'h', port: 1, vhost: '/', username: 'guest', password: 'guest' }
const recipe = (more: Partial<QueueFillRequest> = {}) =>
  withQueueDefaults({ settings, queue: 'q', messages: 100, ...more })
const NOW = 1_700_000_000_000
const make = (more: Partial<QueueFillRequest> = {}) => {
  const maker = new MessageMaker(recipe(more), NOW)
  return Array.from({ length: 100 }, (_, number) => maker.next(number))
}

it('makes the same messages for the same seed, and others for another', () => {
  const all = { headers: 'all', sizes: 'spread', size: 10_000, maxPriority: 9, nullKeys: 0.2 } as const
  expect(make(all)).toEqual(make(all))
  expect(make({ ...all, seed: 2 })).not.toEqual(make(all))
})

it('numbers the bodies, and makes empty and tiny ones too', () => {
  expect(make({ size: 20 })[7]?.body.toString()).toMatch(/^000000000007/)
  expect(make({ size: 20 }).every(({ body }) => body.length === 20)).toBe(true)
  expect(make({ size: 0 }).every(({ body }) => body.length === 0)).toBe(true)
  const sizes = make({ sizes: 'spread', size: 5_000_000 }).map(({ body }) => body.length)
  expect(Math.min(...sizes)).toBeLessThan(20)
  expect(Math.max(...sizes)).toBeGreaterThan(500_000)
})

it('gives the key as routing key and as header, and neither to a message without key', () => {
  const messages = make({ nullKeys: 0.3 })
  for (const { routingKey, properties } of messages) {
    const header = properties.includes(Buffer.from('\x03keyS\0\0\0\x11customer-'))
    expect(header).toBe(routingKey.length > 0)
  }
  expect(messages.some(({ routingKey }) => routingKey.length === 0)).toBe(true)
})

it('frames a body in pieces of at most frame_max, each with its end octet', () => {
  const [message] = make({ size: 10_000 })
  if (message === undefined) throw new Error('no message')
  const framing = { channel: 3, exchange: Buffer.from('q.in'), frameMax: 4096 }
  const target = Buffer.alloc(frameBytes(framing, message))
  const end = putMessage(target, 0, framing, message)
  const types: number[] = []
  let body = 0
  for (let o = 0; o < end; o += 8 + target.readUInt32BE(o + 3)) {
    const size = target.readUInt32BE(o + 3)
    types.push(target[o] ?? 0)
    if (target[o] === 3) body += size
    expect(size + 8).toBeLessThanOrEqual(4096)
    expect(target.readUInt16BE(o + 1)).toBe(3)
    expect(target[o + 7 + size]).toBe(0xce)
  }
  expect(types).toEqual([1, 2, 3, 3, 3])
  expect(body).toBe(10_000)
})

it('says all that is wrong with a backlog at once', () => {
  const wrong = recipe({ messages: 0, size: 1e9, maxPriority: 5, queueType: 'quorum', nullKeys: 2 })
  expect(() => checkQueueRecipe(wrong)).toThrow(/--records .*--size .*--null-keys .*--max-priority/)
})
