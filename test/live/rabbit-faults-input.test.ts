import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connect, type RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import { entry, longText, short, table } from '../unit/brokers/rabbitmq/a-message.js'
import { underWay } from './fault-harness.js'
import {
  aBacklog,
  complete,
  drain,
  expectWhole,
  lanesOf,
  onChannel,
  run,
  startDrain,
  statusOf,
  takeAll,
} from './rabbit-fault-harness.js'
import { witness } from './rabbit-lab.js'
import { planOf, publishRaw, drain as relay } from './rabbit-relay-harness.js'

const rabbit = inject('rabbitmq')
let link: RabbitLink
beforeAll(async () => {
  link = await connect(rabbit.settings, 'test')
})
afterAll(() => link.close())

describe.each(['classic', 'quorum'] as const)('bodies in a %s queue', type => {
  it('of nothing, of 5 MB and of 40 MB are copied byte by byte', async () => {
    const scene = await aBacklog(rabbit, { type, messages: 0 })
    const bodies = [0, 5_000_000, 0, 40_000_000, 1, 5_000_001].map((size, i) => Buffer.alloc(size, `body ${i} `))
    await onChannel(rabbit, async channel => {
      for (const body of bodies) channel.sendToQueue(scene.queue, body, { persistent: true })
      await channel.waitForConfirms()
    })
    expect(complete(await drain(scene))).toMatchObject({ ledger: { read: '6', written: '6' }, duplicatesAtMost: '0' })
    const digests: string[] = []
    for (const lane of await lanesOf(scene)) digests.push(...(await digestsOf(lane)))
    expect(digests.sort()).toEqual(bodies.map(digest).sort())
  })
})

const digest = (body: Buffer): string => `${body.length} ${createHash('sha256').update(body).digest('hex')}`

/** What is in a queue, taken away one by one: large bodies are not kept. */
const digestsOf = (queue: string): Promise<string[]> =>
  onChannel(rabbit, async channel => {
    const digests: string[] = []
    for (let message = await channel.get(queue, { noAck: true }); message !== false; ) {
      digests.push(digest(message.content))
      message = await channel.get(queue, { noAck: true })
    }
    return digests
  })

describe('a header', () => {
  it('that an edit would push past frame_max is parked with its reason, as is one that is over it already', async () => {
    const scene = await aBacklog(rabbit, { messages: 100 })
    const near = { expiration: short('3600000'), headers: table(entry('pad', 'S', longText('x'.repeat(4040)))) }
    const over = { headers: table(entry('pad', 'S', longText('x'.repeat(8000)))) }
    const exchange = `${scene.queue}.in`
    await onChannel(rabbit, async channel => {
      await channel.assertExchange(exchange, 'fanout', { autoDelete: true })
      await channel.bindQueue(scene.queue, exchange, '')
    })
    await publishRaw(link, exchange, [
      { encoded: near, body: Buffer.from('near') },
      { encoded: over, body: Buffer.from('over') },
    ])
    const narrow = { settings: { ...rabbit.settings, frameMax: 4096 }, queue: scene.queue, type: 'classic' as const }
    const { parked, read, written } = await relay(narrow, planOf(narrow, 102))
    expect([read, written]).toEqual([102, 100])
    const told = parked.map(({ body, reason }) => `${body}: ${reason}`)
    expect(told).toEqual([
      expect.stringMatching(/^near: its header frame of 41\d\d bytes is over frame_max 4096/),
      expect.stringMatching(/^over: its header frame of 80\d\d bytes is over frame_max 4096/),
    ])
  })
})

describe('a queue with priorities', () => {
  it('keeps them: lanes are worked by priority as well', async () => {
    const properties = (i: number) => ({ priority: i % 5, messageId: String(i) })
    const scene = await aBacklog(rabbit, { messages: 600, args: { 'x-max-priority': 5 }, properties })
    const ended = complete(await drain(scene))
    for (const lane of await lanesOf(scene)) {
      const seen = await witness(rabbit, lane, { mode: 'peek' })
      const priorities = seen.map(message => Number(message.properties.priority))
      expect(new Set(priorities).size).toBe(5)
      expect(priorities).toEqual([...priorities].sort((a, b) => b - a))
    }
    await expectWhole(scene, ended)
  })
})

describe('messages that expire on the way', () => {
  it('go where they are dead-lettered, and the report says how many', async () => {
    const dead = `dead-${process.pid}`
    await onChannel(rabbit, channel => channel.assertQueue(dead, { durable: true }))
    const args = { 'x-message-ttl': 5000, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead }
    const scene = await aBacklog(rabbit, { messages: 2000, args })
    const running = startDrain(scene, ['--rate', '20', '--consumers-stopped'])
    await underWay(scene)
    // What is ready expires in the queue; what the run has in hand does not.
    const expired = async () => (await onChannel(rabbit, channel => channel.checkQueue(dead))).messageCount
    await expect.poll(expired, { timeout: 60_000 }).toBeGreaterThan(0)
    const { run: id } = await statusOf(scene)
    await run(scene, ['set', id, 'rate=unlimited'])
    const ended = complete(await running.finished)
    const lost = await takeAll(rabbit, dead)
    const moved = Number(ended.ledger.read)
    expect(ended.warnings.join()).toContain(`expired or taken by others: ${2000 - moved} of`)
    const copies: string[] = []
    for (const lane of await lanesOf(scene)) copies.push(...(await takeAll(rabbit, lane)))
    expect(copies).toHaveLength(moved)
    expect(new Set([...copies, ...lost]).size).toBe(2000)
  })
})
