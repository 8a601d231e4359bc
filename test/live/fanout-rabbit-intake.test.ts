import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { passiveDeclare } from '../../src/brokers/rabbitmq/admin/passive-declare.js'
import { connect, type RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import type { RabbitSettings } from '../../src/brokers/rabbitmq/settings.js'
import type { RunEvent } from '../../src/core/event.js'
import { HoldGate } from '../../src/core/gate.js'
import type { Message } from '../../src/core/message.js'
import { Pacer } from '../../src/core/rate.js'
import { DONE, type Handler, LaneGone } from '../../src/fanout/ports.js'
import { work } from '../../src/fanout/work.js'
import { entry, long, longLong, longText, table } from '../unit/brokers/rabbitmq/a-message.js'
import { KEYS, ofKey, openThem, published, someLanes, workThrough } from './fanout-rabbit-harness.js'
import { freshVhost } from './rabbit-lab.js'
import { proxyTo } from './tcp-proxy.js'

const WAIT = { timeout: 60_000, interval: 100 }

const rabbit = inject('rabbitmq')
let link: RabbitLink
let settings: RabbitSettings
beforeAll(async () => {
  const vhost = await freshVhost(rabbit, `fanout-${process.pid}`)
  settings = { ...rabbit.settings, vhost }
  link = await connect(settings, 'test')
})
afterAll(() => link.close())

describe.each(['classic', 'quorum'] as const)('lanes of %s queues', type => {
  it.each(['key', 'none'] as const)('are worked to the end by one process, order %s', async order => {
    const lanes = await someLanes(link, { type })
    const worked = await workThrough(await openThem(lanes, { settings, order }))
    for (const key of KEYS) expect(ofKey(worked.bodies, key)).toEqual(published(key))
    expect(worked.finished.sort()).toEqual(['00', '01', '02'])
    expect(worked.redelivered).toBe(0)
    for (const queue of lanes.queues) expect(await passiveDeclare(link, queue)).toEqual({ messages: 0, consumers: 0 })
  })

  it('are shared out when a second process joins, and taken over when it leaves, each key in its order', async () => {
    const lanes = await someLanes(link, { type, lanes: 5, perKey: 300 })
    const log: string[] = []
    let seconds = 0
    const handle = async ({ value }: Message) => {
      log.push(String(value))
      // Slow enough that something is left when the second one comes.
      await sleep(seconds > 100 ? 1 : 15)
    }
    const first = workThrough(await openThem(lanes, { settings }), { handle })
    await expect.poll(() => log.length, WAIT).toBeGreaterThan(50)
    const leaving = new AbortController()
    const counted = (message: Message) => {
      seconds++
      return handle(message)
    }
    const second = workThrough(await openThem(lanes, { settings }), { soft: leaving.signal, handle: counted })
    await expect.poll(() => seconds, WAIT).toBeGreaterThan(100)
    leaving.abort()
    const [all, some] = [await first, await second]
    expect(all.bodies.length + some.bodies.length).toBe(3000)
    for (const key of KEYS) expect(ofKey(log, key)).toEqual(published(key, 300))
    expect(all.finished.length + some.finished.length).toBe(5)
    expect(some.finished).toEqual([])
  })

  it('are worked to the end by two processes that compete', async () => {
    const lanes = await someLanes(link, { type, perKey: 200 })
    const handle = () => sleep(1)
    const open = () => openThem(lanes, { settings, order: 'none', ahead: 4 })
    const both = [workThrough(await open(), { handle }), workThrough(await open(), { handle })]
    const [one, other] = await Promise.all(both)
    expect([...(one?.bodies ?? []), ...(other?.bodies ?? [])].sort()).toEqual(
      KEYS.flatMap(key => published(key, 200)).sort(),
    )
    expect(other?.bodies.length).toBeGreaterThan(0)
    expect(one?.finished.length).toBe(3)
    expect(other?.finished.length).toBe(3)
  })

  it('come again, counted, when the connection is lost', async () => {
    const lanes = await someLanes(link, { type, perKey: 300 })
    const proxy = await proxyTo(settings.port)
    const through = { ...settings, host: '127.0.0.1', port: proxy.port }
    let handled = 0
    const handle = async () => {
      handled++
      if (handled === 500) proxy.cut()
      if (handled % 10 === 0) await sleep(1)
    }
    const worked = await workThrough(await openThem(lanes, { settings: through }), { handle })
    proxy.close()
    expect(new Set(worked.bodies).size).toBe(3000)
    expect(worked.gone.length).toBeGreaterThan(0)
    const twice = worked.bodies.length - 3000
    expect(worked.redelivered).toBeGreaterThanOrEqual(twice)
    expect(worked.redelivered).toBeGreaterThan(0)
    expect(worked.finished.sort()).toEqual(['00', '01', '02'])
  })

  it('have the same ids when they are delivered again, by other processes too', async () => {
    const encoded = {
      headers: table(entry('z', 'I', long(7)), entry('a', 'S', longText('x')), entry('m', 'T', longLong(9))),
    }
    const lanes = await someLanes(link, { type, perKey: 2, encoded })
    const ids = new Map<string, string>()
    const stop = new AbortController()
    const seen = ({ value, id }: Message) => void ids.set(String(value), id)
    const failing = (message: Message) => {
      seen(message)
      stop.abort()
      throw new LaneGone('the handler of the test gives up')
    }
    await workThrough(await openThem(lanes, { settings }), { handle: failing, soft: stop.signal })
    const again = await workThrough(await openThem(lanes, { settings }))
    expect(again.redelivered).toBeGreaterThan(0)
    expect(again.messages).toHaveLength(20)
    expect(ids.size).toBeGreaterThan(0)
    const found = again.messages.filter(({ value }) => ids.has(String(value)))
    expect(found.map(({ value, id }) => [String(value), id])).toEqual(
      found.map(({ value }) => [String(value), ids.get(String(value))]),
    )
  })

  it('end the run by name where a queue is deleted', async () => {
    const lanes = await someLanes(link, { type })
    const [queue = ''] = lanes.queues
    const channel = await link.channel()
    let handled = 0
    const handle = async () => {
      if (handled++ === 0) await channel.deleteQueue(queue)
      await sleep(20)
    }
    const working = workThrough(await openThem(lanes, { settings }), { handle })
    await expect(working).rejects.toMatchObject({ code: 'queue-gone', message: expect.stringContaining(queue) })
    await channel.close()
  })

  it('are worked by the engine, with as many handlers at once as there are, each key in its order', async () => {
    const lanes = await someLanes(link, { type, perKey: 100 })
    const log: string[] = []
    let [now, most] = [0, 0]
    const handler: Handler = {
      slots: 8,
      start: async () => undefined,
      handle: async ({ message }) => {
        most = Math.max(most, ++now)
        await sleep(1)
        log.push(String(message.value))
        now--
        return DONE
      },
      [Symbol.asyncDispose]: async () => undefined,
    }
    const gate = new HoldGate()
    await using intake = await openThem(lanes, { settings, gate, ahead: 8 })
    const events: RunEvent[] = []
    const signal = new AbortController().signal
    const rest = {
      pacer: new Pacer(undefined),
      park: async () => undefined,
      retries: 3,
      maxAhead: 10_000,
      expected: 1000n,
    }
    const parts = { intake, handler, gate, order: 'key' as const, now: () => new Date(), ...rest }
    for await (const event of work(parts, { soft: signal, hard: signal })) events.push(event)
    for (const key of KEYS) expect(ofKey(log, key)).toEqual(published(key))
    expect(most).toBeGreaterThan(4)
    const written = events.reduce((sum, event) => sum + (event.type === 'settled' ? event.counts.written : 0n), 0n)
    expect(written).toBe(1000n)
    expect(events.filter(({ type: each }) => each === 'finished')).toHaveLength(3)
    expect(events.filter(({ type: each }) => each === 'doubted')).toEqual([])
  })
})

it('lanes of quorum queues before RabbitMQ 4 refuse a process that takes other numbers at a time: keys would lose their order', async () => {
  expect(Number.parseInt(link.version, 10)).toBeLessThan(4)
  const lanes = await someLanes(link, { type: 'quorum' })
  let handled = 0
  const first = workThrough(await openThem(lanes, { settings, ahead: 400 }), { handle: () => void handled++ })
  await expect.poll(() => handled, WAIT).toBeGreaterThan(0)
  const second = workThrough(await openThem(lanes, { settings, ahead: 20 }))
  const refusal = {
    code: 'other-depth',
    message: expect.stringMatching(/takes 800 messages at a time, one of this 667$/),
  }
  await expect(second).rejects.toMatchObject(refusal)
  expect((await first).finished.sort()).toEqual(['00', '01', '02'])
})
