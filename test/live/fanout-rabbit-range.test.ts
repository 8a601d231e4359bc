import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { passiveDeclare } from '../../src/brokers/rabbitmq/admin/passive-declare.js'
import { connect, type RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import type { RabbitSettings } from '../../src/brokers/rabbitmq/settings.js'
import { HoldGate } from '../../src/core/gate.js'
import { openIt, workThrough } from './fanout-rabbit-harness.js'
import { freshVhost } from './rabbit-lab.js'
import { publishRaw } from './rabbit-relay-harness.js'
import { proxyTo } from './tcp-proxy.js'

const WAIT = { timeout: 60_000, interval: 100 }
const rabbit = inject('rabbitmq')
let link: RabbitLink
let settings: RabbitSettings
beforeAll(async () => {
  const vhost = await freshVhost(rabbit, `range-${process.pid}`)
  settings = { ...rabbit.settings, vhost }
  link = await connect(settings, 'test')
})
afterAll(() => link.close())

const bodies = (count: number, from = 0) => Array.from({ length: count }, (_, i) => String(from + i))

let queues = 0
async function aBacklog(type: 'classic' | 'quorum', count: number): Promise<string> {
  const queue = `range-${++queues}`
  const channel = await link.channel()
  await channel.assertExchange(queue, 'fanout')
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } })
  await channel.bindQueue(queue, queue, '')
  await channel.close()
  await add(queue, bodies(count))
  return queue
}

const add = (queue: string, all: readonly string[]) =>
  publishRaw(
    link,
    queue,
    all.map(body => ({ body: Buffer.from(body), encoded: { 'delivery-mode': Buffer.of(2) } })),
  )

describe.each(['classic', 'quorum'] as const)('a range of a %s queue', type => {
  it('ends at the captured count, and leaves what arrived since', async () => {
    const queue = await aBacklog(type, 3000)
    await add(queue, bodies(500, 3000))
    const worked = await workThrough(await openIt(queue, { settings, captured: 3000, type }))
    expect(worked.bodies).toEqual(bodies(3000))
    expect(worked.events).toEqual([])
    await expect.poll(() => passiveDeclare(link, queue), WAIT).toEqual({ messages: 500, consumers: 0 })
  })

  it('tells what was captured and never came', async () => {
    const queue = await aBacklog(type, 100)
    const worked = await workThrough(await openIt(queue, { settings, captured: 130, type }))
    expect(worked.bodies).toEqual(bodies(100))
    const message = 'expired or taken by others: 30 of the messages that were ready when the run began'
    expect(worked.events).toMatchObject([{ type: 'warned', message }])
  })

  it('refuses a second runner', async () => {
    const queue = await aBacklog(type, 1)
    const intake = await openIt(queue, { settings, captured: 1, type })
    await expect(openIt(queue, { settings, captured: 1, type })).rejects.toMatchObject({ code: 'claimed' })
    await intake[Symbol.asyncDispose]()
  })

  it('goes on after its connection was cut', async () => {
    const queue = await aBacklog(type, 2000)
    const proxy = await proxyTo(settings.port)
    const through = { ...settings, host: '127.0.0.1', port: proxy.port }
    let handled = 0
    const handle = async () => {
      handled++
      if (handled === 700) proxy.cut()
      if (handled % 10 === 0) await sleep(1)
    }
    const worked = await workThrough(await openIt(queue, { settings: through, captured: 2000, type }), { handle })
    proxy.close()
    expect([...new Set(worked.bodies)]).toEqual(bodies(2000))
    expect(worked.redelivered).toBeGreaterThanOrEqual(worked.bodies.length - 2000)
    expect(await passiveDeclare(link, queue)).toEqual({ messages: 0, consumers: 0 })
  })

  it('is held while somebody else consumes the queue', async () => {
    const queue = await aBacklog(type, 50)
    const channel = await link.channel()
    await channel.prefetch(1)
    const { consumerTag } = await channel.consume(queue, () => undefined)
    const gate = new HoldGate()
    const working = workThrough(await openIt(queue, { settings, captured: 50, type, gate }))
    const reason = `another consumer seen on queue ${queue}`
    await expect.poll(() => gate.holds(), WAIT).toMatchObject([{ reason, until: 'operator' }])
    await channel.cancel(consumerTag)
    await channel.close()
    await expect.poll(async () => (await passiveDeclare(link, queue)).consumers, WAIT).toBe(0)
    gate.resume('test')
    expect((await working).bodies.sort()).toEqual(bodies(50).sort())
  })
})
