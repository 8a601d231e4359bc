import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { passiveDeclare } from '../../src/brokers/rabbitmq/admin/passive-declare.js'
import { connect, type RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import type { RabbitSettings } from '../../src/brokers/rabbitmq/settings.js'
import type { Message } from '../../src/core/message.js'
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
    const lanes = await someLanes(link, { type, lanes: 5, perKey: 600 })
    const log: string[] = []
    const handle = async ({ value }: Message) => {
      log.push(String(value))
      await sleep(4)
    }
    const first = workThrough(await openThem(lanes, { settings }), { handle })
    await expect.poll(() => log.length, WAIT).toBeGreaterThan(50)
    const leaving = new AbortController()
    let seconds = 0
    const second = workThrough(await openThem(lanes, { settings }), {
      soft: leaving.signal,
      handle: message => {
        seconds++
        return handle(message)
      },
    })
    await expect.poll(() => seconds, WAIT).toBeGreaterThan(200)
    leaving.abort()
    const [all, some] = [await first, await second]
    expect(all.bodies.length + some.bodies.length).toBe(6000)
    for (const key of KEYS) expect(ofKey(log, key)).toEqual(published(key, 600))
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
})
