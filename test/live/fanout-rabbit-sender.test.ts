import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connect, type RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import type { RabbitSettings } from '../../src/brokers/rabbitmq/settings.js'
import { openQueueSender, type QueueSenderOptions } from '../../src/brokers/rabbitmq/work/queue-sender.js'
import { HoldGate } from '../../src/core/gate.js'
import type { Message } from '../../src/core/message.js'
import type { Sender } from '../../src/fanout/ports.js'
import {
  type Encoded,
  EVERY_TYPE,
  entry,
  longLong,
  longText,
  short,
  table,
} from '../unit/brokers/rabbitmq/a-message.js'
import { openThem, someLanes, workThrough } from './fanout-rabbit-harness.js'
import { freshVhost, witness } from './rabbit-lab.js'
import { expectedRaw, readRaw } from './rabbit-relay-harness.js'
import { proxyTo } from './tcp-proxy.js'

const rabbit = inject('rabbitmq')
let link: RabbitLink
let settings: RabbitSettings
let vhost: string
beforeAll(async () => {
  vhost = await freshVhost(rabbit, `sender-${process.pid}`)
  settings = { ...rabbit.settings, vhost }
  link = await connect(settings, 'test')
})
afterAll(() => link.close())

let queues = 0
async function aQueue(args: Record<string, unknown> = {}): Promise<string> {
  const queue = `to-${++queues}`
  const channel = await link.channel()
  await channel.assertQueue(queue, { durable: true, arguments: args })
  await channel.close()
  return queue
}

const aSender = (queue: string, more: Partial<QueueSenderOptions> = {}): Promise<Sender> =>
  openQueueSender({
    connect: purpose => connect(settings, `test ${purpose}`),
    to: { queue },
    target: `amqp://there/${queue}`,
    gate: new HoldGate(),
    ...more,
  })

const foreign = (more: Partial<Message> = {}): Message => ({
  id: 'orders/3/17',
  key: Buffer.from('customer-7'),
  value: Buffer.from('{"a":1}'),
  headers: [],
  timestamp: 1_700_000_000_123,
  target: 'orders',
  lane: '3',
  mark: '17',
  size: 20,
  ...more,
})

const nameOf = (one: Buffer) => one.subarray(1, 1 + (one[0] ?? 0))
// RabbitMQ 4 sorts them by name.
const HEADERS = table(...[...EVERY_TYPE].sort((a, b) => Buffer.compare(nameOf(a), nameOf(b))))
const ENCODED: Encoded = {
  'content-type': short('application/json'),
  headers: HEADERS,
  'delivery-mode': Buffer.of(2),
  priority: Buffer.of(3),
  'correlation-id': short('c-1'),
  'message-id': short('m-1'),
  timestamp: longLong(1_700_000_000),
  type: short('order'),
  'app-id': short('shop'),
}

describe.each(['classic', 'quorum'] as const)('a message that was read from a %s queue', type => {
  it('goes out byte for byte, with every type of header', async () => {
    const lanes = await someLanes(link, { type, perKey: 1, encoded: ENCODED })
    const { messages } = await workThrough(await openThem(lanes, { settings }))
    const queue = await aQueue()
    await using sender = await aSender(queue)
    await Promise.all(messages.map(message => sender.send(message)))
    const copies = await readRaw(link, queue)
    const expected = messages.map(({ value }) => expectedRaw(ENCODED, value ?? Buffer.alloc(0), ''))
    expect(copies.map(({ header, body }) => `${header} ${body}`).sort()).toEqual(
      expected.map(({ header, body }) => `${header} ${body}`).sort(),
    )
  })

  it('has its expiration back', async () => {
    const headers = table(
      entry('x-spillway-expiration', 'S', longText('3600000')),
      entry('x-spillway-user-id', 'S', longText('somebody')),
    )
    const lanes = await someLanes(link, { type, perKey: 1, lanes: 1, encoded: { headers } })
    const { messages } = await workThrough(await openThem(lanes, { settings }))
    const queue = await aQueue()
    await using sender = await aSender(queue)
    for (const message of messages) await sender.send(message, [['x-spillway-reason', 'too late']])
    const [first] = await witness(rabbit, queue, { vhost })
    expect(first?.properties).toMatchObject({ expiration: '3600000' })
    expect(first?.headers?.slice().sort()).toEqual([
      ['x-spillway-reason', 'S', 'too late'],
      ['x-spillway-user-id', 'S', 'somebody'],
    ])
  })
})

describe('a sender to a queue', () => {
  it('maps a message of another system', async () => {
    const queue = await aQueue()
    await using sender = await aSender(queue)
    const headers = [
      ['trace', Buffer.from('abc')],
      ['bytes', Buffer.of(0xff, 0xfe)],
      ['void', null],
    ] as const
    await sender.send(foreign({ headers }))
    await sender.send(foreign({ key: null, value: null, timestamp: -1 }))
    const [first, second] = await witness(rabbit, queue, { vhost })
    expect(Buffer.from(first?.body ?? '', 'base64').toString()).toBe('{"a":1}')
    expect(first?.properties).toMatchObject({ delivery_mode: 2, timestamp: 1_700_000_000 })
    expect(first?.headers?.map(([name, letter]) => [name, letter]).sort()).toEqual([
      ['bytes', 'x'],
      ['trace', 'S'],
      ['void', 'V'],
      ['x-spillway-id', 'S'],
      ['x-spillway-key', 'S'],
    ])
    expect(second?.body).toBe('')
    expect(second?.headers?.map(([name]) => name)).toEqual(['x-spillway-id', 'x-spillway-null'])
  })

  it('sends many at once, each confirmed', async () => {
    const queue = await aQueue({ 'x-queue-type': 'quorum' })
    await using sender = await aSender(queue)
    const all = Array.from({ length: 5000 }, (_, i) => foreign({ value: Buffer.from(String(i)) }))
    await Promise.all(all.map(message => sender.send(message)))
    expect(await readRaw(link, queue)).toHaveLength(5000)
  })

  it('says why a message came back, and goes on when the queue is there again', async () => {
    const queue = await aQueue()
    await using sender = await aSender(queue)
    const channel = await link.channel()
    await channel.deleteQueue(queue)
    await expect(sender.send(foreign())).rejects.toMatchObject({ code: 'returned', retry: true })
    await channel.assertQueue(queue)
    await channel.close()
    await sender.send(foreign())
    expect(await readRaw(link, queue)).toHaveLength(1)
  })

  it.each(['classic', 'quorum'])('has a message of a full %s queue tried again', async type => {
    const args = { 'x-queue-type': type, 'x-max-length': 1, 'x-overflow': 'reject-publish' }
    const queue = await aQueue(args)
    await using sender = await aSender(queue)
    const refused = async () => {
      for (let i = 0; i < 10; i++) await sender.send(foreign())
    }
    await expect(refused()).rejects.toMatchObject({ code: 'nacked', retry: true })
    await readRaw(link, queue)
    await expect.poll(() => sender.send(foreign()).then(() => 'sent', String), { timeout: 60_000 }).toBe('sent')
  })

  it('says what can never be carried', async () => {
    const queue = await aQueue()
    await using sender = await aSender(queue)
    const value = Buffer.alloc((await largest()) + 1)
    await expect(sender.send(foreign({ value }))).rejects.toMatchObject({ name: 'UncarriableError' })
    await expect(sender.send(foreign({ value }))).rejects.toMatchObject({ name: 'UncarriableError' })
    const headers = [['x'.repeat(256), Buffer.of(1)]] as const
    await expect(sender.send(foreign({ headers }))).rejects.toMatchObject({ name: 'UncarriableError' })
    await sender.send(foreign())
  })

  it('sends on after its connection was cut', async () => {
    const queue = await aQueue()
    const proxy = await proxyTo(settings.port)
    const through = { ...settings, host: '127.0.0.1', port: proxy.port }
    await using sender = await aSender(queue, { connect: purpose => connect(through, purpose) })
    await sender.send(foreign())
    proxy.cut()
    const again = () => sender.send(foreign()).then(() => 'sent', String)
    await expect.poll(again, { timeout: 60_000 }).toBe('sent')
    proxy.close()
  })

  it('refuses a queue that is not there', async () => {
    await expect(aSender('nowhere')).rejects.toMatchObject({ code: 'no-queue' })
  })
})

/** max_message_size of the server. Bytes. */
const largest = async (): Promise<number> => (link.version.startsWith('3') ? 134_217_728 : 16_777_216)
