import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { passiveDeclare } from '../../src/brokers/rabbitmq/admin/passive-declare.js'
import { connect, type RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import { murmur2 } from '../../src/core/murmur2.js'
import {
  type Encoded,
  EVERY_TYPE,
  entry,
  longLong,
  longText,
  short,
  table,
} from '../unit/brokers/rabbitmq/a-message.js'
import { freshVhost } from './rabbit-lab.js'
import {
  drain,
  expectedRaw,
  type Message,
  planOf,
  publishRaw,
  type Raw,
  readRaw,
  type Scene,
} from './rabbit-relay-harness.js'

const rabbit = inject('rabbitmq')
let link: RabbitLink
let settings: Scene['settings']
beforeAll(async () => {
  const vhost = await freshVhost(rabbit, `relay-${process.pid}`)
  settings = { ...rabbit.settings, vhost }
  link = await connect(settings, 'test')
})
afterAll(() => link.close())

/** A queue behind an exchange of its own name, so that messages come with routing keys of their own. */
async function aQueue(name: string, type: Scene['type'], args: Record<string, unknown> = {}): Promise<Scene> {
  const channel = await link.channel()
  await channel.assertExchange(name, 'fanout')
  await channel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': type, ...args } })
  await channel.bindQueue(name, name, '')
  await channel.close()
  return { settings, queue: name, type }
}

const copies = async (scene: Scene): Promise<Raw[]> =>
  (await Promise.all(planOf(scene, 0).laneQueues.map(name => readRaw(link, name)))).flat()

const sorted = (raw: readonly Raw[]) =>
  raw.map(one => `${one.header} ${one.routingKey} ${one.body.toString('hex', 0, 64)} ${one.body.length}`).sort()

const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 255))
const HEADERS = table(...EVERY_TYPE)
const ALL: Encoded = {
  'content-type': short('application/x-ödd'),
  'content-encoding': short(''),
  headers: HEADERS,
  'delivery-mode': Buffer.of(2),
  priority: Buffer.of(3),
  'correlation-id': short('c'),
  'reply-to': short('r'),
  'message-id': short('m'),
  timestamp: longLong(1700000000),
  type: short('t'),
  'app-id': short('a'),
}
const ODD: readonly Message[] = [
  { encoded: ALL, body: bytes(10), routingKey: 'all' },
  { encoded: {}, body: Buffer.alloc(0), routingKey: '' },
  { encoded: { 'delivery-mode': Buffer.of(1) }, body: bytes(1), routingKey: 'transient' },
  { encoded: { headers: table(entry('big', 'S', longText('x'.repeat(90_000)))) }, body: bytes(5), routingKey: 'wide' },
  { encoded: ALL, body: bytes(131_064), routingKey: 'one frame' },
  { encoded: ALL, body: bytes(131_065), routingKey: 'two frames' },
  { encoded: ALL, body: bytes(3_000_000), routingKey: 'many frames' },
  { encoded: { headers: table() }, body: bytes(100), routingKey: 'ünïcode'.repeat(10) },
]

describe.each(['classic', 'quorum'] as const)('%s', type => {
  it('keeps every byte of body, properties, headers and routing key', async () => {
    const scene = await aQueue(`bytes-${type}`, type)
    await publishRaw(link, scene.queue, ODD)
    const { read, written, doubts } = await drain(scene, planOf(scene, ODD.length))
    expect([read, written, doubts]).toEqual([ODD.length, ODD.length, 0])
    const wanted = ODD.map(({ encoded = {}, body, routingKey = '' }) => expectedRaw(encoded, body, routingKey))
    const found = await copies(scene)
    expect(sorted(found)).toEqual(sorted(wanted))
    for (const { body } of wanted) expect(found.some(one => one.body.equals(body))).toBe(true)
  })

  it('makes the two edits that the plan names, and no other', async () => {
    const scene = await aQueue(`edits-${type}`, type)
    const given: Encoded = { ...ALL, expiration: short('600000') }
    await publishRaw(link, scene.queue, [{ encoded: given, body: bytes(3), routingKey: 'k' }])
    await drain(scene, planOf(scene, 1))
    const moved = entry('x-spillway-expiration', 'S', longText('600000'))
    const headers = table(HEADERS.subarray(4), moved)
    expect(sorted(await copies(scene))).toEqual(sorted([expectedRaw({ ...ALL, headers }, bytes(3), 'k')]))
  })

  it('copies what was captured, gives back nothing, and leaves the tail', async () => {
    const scene = await aQueue(`tail-${type}`, type)
    const messages = Array.from({ length: 9000 }, (_, i) => ({ body: Buffer.from(String(i)) }))
    await publishRaw(link, scene.queue, messages)
    const { read, window } = await drain(scene, planOf(scene, 7000))
    expect(read).toBe(7000)
    expect(window).toBeLessThanOrEqual(5000)
    expect((await copies(scene)).map(one => Number(one.body)).sort((a, b) => a - b)).toEqual(
      messages.slice(0, 7000).map((_, i) => i),
    )
    expect(await passiveDeclare(link, scene.queue)).toEqual({ messages: 2000, consumers: 0 })
    const left = await readRaw(link, scene.queue)
    expect(left.map(one => Number(one.body))).toEqual(messages.slice(7000).map((_, i) => 7000 + i))
  })

  it('is complete when the queue is empty before the captured count is reached', async () => {
    const scene = await aQueue(`short-${type}`, type)
    await publishRaw(
      link,
      scene.queue,
      Array.from({ length: 50 }, () => ({ body: bytes(5) })),
    )
    const { read, events } = await drain(scene, planOf(scene, 80))
    expect([read, events.at(-1)]).toMatchObject([50, { type: 'finished', mark: '50' }])
  })

  it('keeps each key in one lane, in order', async () => {
    const scene = await aQueue(`keys-${type}`, type)
    const messages = Array.from({ length: 3000 }, (_, i) => ({
      body: Buffer.from(String(i)),
      routingKey: `key-${i % 37}`,
    }))
    await publishRaw(link, scene.queue, messages)
    const plan = planOf(scene, 3000, { order: 'key', key: 'routing-key' })
    await drain(scene, plan)
    for (const [lane, name] of plan.laneQueues.entries()) {
      const raw = await readRaw(link, name)
      const numbers = raw.map(one => Number(one.body))
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
      const keys = raw.map(one => Buffer.from(one.routingKey.slice('lane '.length)))
      expect(keys.every(key => murmur2(key, 0, key.length) % 3 === lane)).toBe(true)
    }
  })

  it('stops at once when asked, and puts what it held back where it was', async () => {
    const scene = await aQueue(`stop-${type}`, type)
    const messages = Array.from({ length: 30_000 }, (_, i) => ({ body: Buffer.from(String(i)) }))
    await publishRaw(link, scene.queue, messages)
    const stop = new AbortController()
    const at = (event: { type: string }) => void (event.type === 'settled' && stop.abort())
    const { read, doubts } = await drain(scene, planOf(scene, 30_000), { soft: stop.signal, at })
    expect(read).toBeGreaterThan(0)
    expect(doubts).toBe(0)
    const [taken, left] = [await copies(scene), await readRaw(link, scene.queue)]
    expect([taken.length, left.length]).toEqual([read, 30_000 - read])
    expect(new Set([...taken, ...left].map(one => String(one.body))).size).toBe(30_000)
  })

  it('gives back in order what it had read ahead', async () => {
    const scene = await aQueue(`ahead-${type}`, type)
    await publishRaw(
      link,
      scene.queue,
      Array.from({ length: 10_000 }, (_, i) => ({ body: Buffer.from(String(i)) })),
    )
    const stop = new AbortController()
    const at = (event: { type: string; mark?: string }) => void (Number(event.mark ?? 0) > 1000 && stop.abort())
    const allow = async () => ({ records: 500, bytes: Number.POSITIVE_INFINITY, settle: () => undefined })
    const { read } = await drain(scene, planOf(scene, 10_000), { soft: stop.signal, at, allow })
    const ready = async () => (await passiveDeclare(link, scene.queue)).messages
    await expect.poll(ready, { timeout: 60_000 }).toBe(10_000 - read)
    const left = (await readRaw(link, scene.queue)).map(one => Number(one.body))
    expect(left).toEqual(Array.from({ length: 10_000 - read }, (_, i) => read + i))
  })
})
