import { expect, inject, it } from 'vitest'
import { fillQueue, type QueueProgress } from '../../src/lab/rabbitmq/fill/fill.js'
import type { QueueFillRequest } from '../../src/lab/rabbitmq/fill/request.js'
import { api, type Witnessed, type WitnessedHeader, witness } from './rabbit-lab.js'

const rabbit = inject('rabbitmq')
const io = { now: () => new Date(), soft: new AbortController().signal }
const make = (request: Omit<QueueFillRequest, 'settings'>) => fillQueue({ settings: rabbit.settings, ...request }, io)
const asL = ([name, type, value]: WitnessedHeader) => [name, type === 'L' ? 'l' : type, value]
const bodyOf = ({ body }: Witnessed) => Buffer.from(body, 'base64')

it('writes every message once, in order, persistent, with its key as routing key and as header', async () => {
  const report = await make({ queue: 'fill-plain', messages: 20_000, size: 50, keys: 300 })
  expect(report).toMatchObject({ messages: 20_000, bytes: 1_000_000 })
  const seen = await witness(rabbit, 'fill-plain')
  expect(seen.map(each => Number(bodyOf(each).toString('latin1', 0, 12)))).toEqual(seen.map((_, index) => index))
  expect(seen).toHaveLength(20_000)
  for (const { routingKey, headers, properties } of seen) {
    expect(headers).toEqual([['key', 'S', routingKey]])
    expect(properties.delivery_mode).toBe(2)
  }
  expect(new Set(seen.map(({ properties }) => properties.message_id)).size).toBe(20_000)
})

it('makes the same messages again for the same seed, in a classic and in a quorum queue', async () => {
  const recipe = { messages: 1000, seed: 42, headers: 'all', sizes: 'spread', size: 20_000, nullKeys: 0.1 } as const
  await make({ queue: 'fill-seed-classic', ...recipe })
  await make({ queue: 'fill-seed-quorum', queueType: 'quorum', ...recipe })
  const known = ({ body, routingKey, headers, properties: { timestamp: _, ...rest } }: Witnessed) => {
    return { body, routingKey, headers, rest }
  }
  const classic = (await witness(rabbit, 'fill-seed-classic')).map(known)
  expect(classic).toHaveLength(1000)
  // A quorum queue encodes headers anew: RabbitMQ 3.10 writes every 64-bit integer as l there.
  const asQuorum = classic.map(each => ({ ...each, headers: each.headers?.map(asL) }))
  expect((await witness(rabbit, 'fill-seed-quorum')).map(known)).toEqual(asQuorum)
})

it('writes headers of every AMQP type, as pika reads them', async () => {
  await make({ queue: 'fill-types', messages: 5, headers: 'all' })
  const [first] = await witness(rabbit, 'fill-types')
  const types = (first?.headers ?? []).map(([name, type]) => [name.split('-')[0], type])
  for (const type of 'tbBsuIilLfdDSATFVx') expect(types).toContainEqual([type, type])
  expect(first?.headers).toContainEqual(['S-binary', 'S', { base64: '//4AgA==' }])
  expect(first?.headers?.filter(([name]) => name === '__proto__')).toHaveLength(1)
})

it('carries bodies from nothing to 5 MB, every byte', async () => {
  const report = await make({ queue: 'fill-sizes', messages: 40, sizes: 'spread', size: 5_000_000, seed: 7 })
  await make({ queue: 'fill-sizes', messages: 1, size: 0 })
  await make({ queue: 'fill-sizes', messages: 1, size: 5_000_000 })
  const sizes = (await witness(rabbit, 'fill-sizes')).map(each => bodyOf(each).length)
  expect(sizes.slice(0, 40).reduce((a, b) => a + b)).toBe(report.bytes)
  expect(sizes.slice(40)).toEqual([0, 5_000_000])
})

it('makes the queue as it is asked to, and leaves one that is there as it is', async () => {
  const shape = { ttlMs: 3_600_000, maxLength: 500, maxPriority: 5, deadLetterExchange: 'dead' }
  const request = { queue: 'fill-shape', messages: 1000, size: 20, expirationMs: 600_000, userId: true, ...shape }
  await make(request)
  const args = {
    'x-message-ttl': 3_600_000,
    'x-max-length': 500,
    'x-max-priority': 5,
    'x-dead-letter-exchange': 'dead',
  }
  expect(await api(rabbit, 'queues/%2F/fill-shape')).toMatchObject({ durable: true, arguments: args })
  const other = make({ queue: 'fill-shape', messages: 10, ttlMs: 5000 })
  await expect(other).rejects.toMatchObject({ code: 'queue-differs', exitCode: 2 })
  const seen = await witness(rabbit, 'fill-shape')
  expect(seen).toHaveLength(500)
  expect(seen[0]?.properties).toMatchObject({ expiration: '600000', user_id: 'guest' })
  const priorities = new Set(seen.map(({ properties }) => properties.priority))
  expect([...priorities].every(each => Number(each) <= 5)).toBe(true)
  expect(priorities.size).toBeGreaterThan(1)
})

it('makes no queue when told not to, and stops when asked to, with the reason', async () => {
  const typo = make({ queue: 'fill-typo', messages: 10, create: false })
  await expect(typo).rejects.toMatchObject({ code: 'no-queue', exitCode: 2 })
  const stop = new AbortController()
  const show = ({ messages }: QueueProgress) => messages > 5000 && stop.abort(new Error('enough'))
  const endless = { settings: rabbit.settings, queue: 'fill-stop', messages: 100_000_000, size: 20 }
  await expect(fillQueue(endless, { ...io, soft: stop.signal }, show)).rejects.toThrow('enough')
})

it('says no at once where nothing listens, and where the login is wrong', async () => {
  const { settings } = rabbit
  const request = { queue: 'q', messages: 1 }
  await expect(fillQueue({ settings: { ...settings, port: 1 }, ...request }, io)).rejects.toMatchObject({ exitCode: 2 })
  const wrong = { ...settings, password: 'wrong' }
  await expect(fillQueue({ settings: wrong, ...request }, io)).rejects.toMatchObject({ code: 'credentials' })
})
