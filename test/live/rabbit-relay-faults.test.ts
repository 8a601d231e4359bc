import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lookAt, passiveDeclare } from '../../src/brokers/rabbitmq/admin/passive-declare.js'
import { takeLock } from '../../src/brokers/rabbitmq/admin/take-lock.js'
import { connect, type RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import type { RunEvent } from '../../src/core/event.js'
import type { RabbitLab } from '../../src/lab/rabbitmq/options.js'
import { short } from '../unit/brokers/rabbitmq/a-message.js'
import { alarm, ownRabbit } from './rabbit-lab.js'
import { type Drained, drain, planOf, publishRaw, readRaw, type Scene } from './rabbit-relay-harness.js'
import { proxyTo } from './tcp-proxy.js'

const COUNT = 20_000
/** A backlog of messages that are large enough to be on their way for long. */
const SLOW = 6000
const SLOW_BYTES = 2000
let lab: RabbitLab
let link: RabbitLink
let number = 0
beforeAll(async () => {
  lab = await ownRabbit()
  link = await connect(lab.settings, 'test')
}, 120_000)
afterAll(() => link.close())

async function aBacklog(
  type: Scene['type'],
  count = COUNT,
  args: Record<string, unknown> = {},
  size = 0,
): Promise<Scene> {
  if (link.lost.aborted) link = await connect(lab.settings, 'test')
  number += 1
  const queue = `fault-${type}-${number}`
  const channel = await link.channel()
  await channel.assertExchange(queue, 'fanout')
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type, ...args } })
  await channel.bindQueue(queue, queue, '')
  await channel.close()
  const body = (i: number) => Buffer.from(String(i).padEnd(size))
  await publishRaw(
    link,
    queue,
    Array.from({ length: count }, (_, i) => ({ body: body(i), encoded: { 'delivery-mode': Buffer.of(2) } })),
  )
  return { settings: lab.settings, queue, type }
}

/** Nothing lost, and no more copies than were told of. */
async function expectWhole(scene: Scene, { doubts, read }: Drained, count = COUNT): Promise<void> {
  if (link.lost.aborted) link = await connect(lab.settings, 'test')
  const lanes = await Promise.all(planOf(scene, 0).laneQueues.map(name => readRaw(link, name)))
  const copied = lanes.flat().map(one => String(one.body))
  expect(new Set(copied).size).toBe(count)
  expect(copied.length - count).toBeLessThanOrEqual(doubts)
  expect(await passiveDeclare(link, scene.queue)).toEqual({ messages: 0, consumers: 0 })
  expect(read).toBeLessThanOrEqual(copied.length)
}

/** Does something once, at the first batch that is settled. */
const WAIT = { timeout: 60_000, interval: 100 }

const once = (work: () => Promise<void> | void) => {
  let done = false
  return async ({ type }: { type: string }) => {
    if (done || type !== 'settled') return
    done = true
    await work()
  }
}

describe.each(['classic', 'quorum'] as const)('%s', type => {
  it('goes on when its connections are cut', async () => {
    const proxy = await proxyTo(lab.amqpPort)
    const scene = await aBacklog(type)
    const through = { ...scene, settings: { ...scene.settings, port: proxy.port } }
    let cuts = 0
    const timer = setInterval(() => {
      if (cuts++ < 3) proxy.cut()
    }, 250)
    const drained = await drain(through, planOf(scene, COUNT, { prefetch: 500 }))
    clearInterval(timer)
    proxy.close()
    await expectWhole(scene, drained)
  })

  it('carries on after a kill, and counts what was acked and never journalled', async () => {
    const proxy = await proxyTo(lab.amqpPort)
    const scene = await aBacklog(type)
    const through = { ...scene, settings: { ...scene.settings, port: proxy.port } }
    let settled = 0
    const at = () => {
      settled += 1
      if (settled < 5) return
      proxy.close()
      throw new Error('killed')
    }
    await expect(drain(through, planOf(scene, COUNT, { prefetch: 400 }), { at })).rejects.toThrow('killed')
    const resumed = await drain(scene, planOf(scene, COUNT, { prefetch: 400 }), { resumed: true })
    expect(resumed.read).toBe(COUNT)
    await expectWhole(scene, { ...resumed, doubts: 400 })
  })

  it('goes on when the broker restarts', async () => {
    const scene = await aBacklog(type)
    const drained = await drain(scene, planOf(scene, COUNT, { prefetch: 300 }), { at: once(() => lab.restart()) })
    await expectWhole(scene, drained)
  })

  it('holds while a temporary queue is gone, and goes on when it is back', async () => {
    const scene = await aBacklog(type, 5000)
    const plan = planOf(scene, 5000, { prefetch: 300 })
    const [first = ''] = plan.laneQueues
    const taken: string[] = []
    const cut = once(async () => {
      taken.push(...(await readRaw(link, first)).map(one => String(one.body)))
      const channel = await link.channel()
      await channel.deleteQueue(first)
      await channel.close()
    })
    const at = async (event: RunEvent) => {
      await cut(event)
      if (event.type !== 'held' || !event.reason.endsWith('is gone')) return
      const channel = await link.channel()
      await channel.assertQueue(first, { durable: true, arguments: { 'x-queue-type': type } })
      await channel.close()
    }
    const drained = await drain(scene, plan, { at })
    expect(drained.held).toContain(`temporary queue ${first} is gone`)
    const lanes = await Promise.all(plan.laneQueues.map(name => readRaw(link, name)))
    const copied = [...taken, ...lanes.flat().map(one => String(one.body))]
    // A quorum queue may bring back what was acked one by one: then it is told.
    expect([new Set(copied).size, copied.length]).toEqual([5000, 5000 + drained.doubts])
    expect((await passiveDeclare(link, scene.queue)).messages).toBe(0)
  })

  it('says that the source was deleted', async () => {
    const scene = await aBacklog(type)
    const at = once(async () => {
      const channel = await link.channel()
      await channel.deleteQueue(scene.queue)
      await channel.close()
    })
    await expect(drain(scene, planOf(scene, COUNT, { prefetch: 300 }), { at })).rejects.toMatchObject({
      code: 'queue-gone',
      exitCode: 1,
    })
  })

  it('holds under a memory alarm, and goes on without a copy too many', async () => {
    const scene = await aBacklog(type)
    let cleared: Promise<void> | undefined
    const at = async (event: { type: string }) => {
      await alarmed(event)
      if (event.type === 'held') cleared ??= alarm(lab, 'clear')
    }
    const alarmed = once(() => alarm(lab, 'memory'))
    const drained = await drain(scene, planOf(scene, COUNT, { prefetch: 300 }), { at })
    await cleared
    expect(drained.held.join()).toMatch(/RabbitMQ takes no messages: .*memory.* alarm/)
    expect(drained.doubts).toBe(0)
    await expectWhole(scene, drained)
  })

  it('stopped under an alarm, tells of what the broker has not read yet and takes later', async () => {
    const proxy = await proxyTo(lab.amqpPort)
    const scene = await aBacklog(type, SLOW, {}, SLOW_BYTES)
    // So slow that something is on its way all the time, and an alarm that is slow to come finds it there.
    proxy.slow(200_000)
    const through = { ...scene, settings: { ...scene.settings, port: proxy.port } }
    const stop = new AbortController()
    let alarming: Promise<void> | undefined
    const at = async ({ type: what }: { type: string }) => {
      if (what === 'settled') alarming ??= alarm(lab, 'memory')
      if (what !== 'held') return
      proxy.slow(Number.POSITIVE_INFINITY)
      stop.abort()
    }
    const stopped = await drain(through, planOf(scene, SLOW, { prefetch: 400 }), { at, soft: stop.signal })
    // Whoever waits to see it set would miss it otherwise.
    await alarming
    await alarm(lab, 'clear')
    proxy.close()
    expect(stopped.held.join()).toMatch(/RabbitMQ takes no messages: .*memory.* alarm/)
    const journalled = { read: BigInt(stopped.read), written: BigInt(stopped.written) }
    const resumed = await drain(scene, planOf(scene, SLOW), { resumed: true, journalled })
    await expectWhole(scene, { ...resumed, doubts: stopped.doubts + resumed.doubts }, SLOW)
    expect(stopped.doubts).toBeGreaterThan(0)
  })
})

it('reads again, and tells, what a classic queue brings back after a crash although its acks were taken', async () => {
  const scene = await aBacklog('classic')
  const crash = once(async () => {
    await lab.kill()
    await lab.restart()
  })
  const drained = await drain(scene, planOf(scene, COUNT, { prefetch: 300 }), { at: crash })
  await expectWhole(scene, drained)
  expect(drained.read).toBeGreaterThan(COUNT)
})

it('names another runner that holds the lock', async () => {
  const scene = await aBacklog('classic', 10)
  const other = await connect(lab.settings, 'other')
  await takeLock(other, scene.queue)
  await expect(drain(scene, planOf(scene, 10))).rejects.toMatchObject({ code: 'claimed', exitCode: 4 })
  await other.close()
  expect(await lookAt(link, planOf(scene, 0).laneQueues[0] ?? '')).toBeUndefined()
})

it('parks what the broker refuses for its user-id, and copies the rest', async () => {
  const scene = await aBacklog('classic', 300)
  const app = await connect({ ...lab.settings, username: 'app', password: 'app' }, 'app').catch(async () => {
    await lab.ctl('add_user', 'app', 'app')
    await lab.ctl('set_permissions', 'app', '.*', '.*', '.*')
    return connect({ ...lab.settings, username: 'app', password: 'app' }, 'app')
  })
  await publishRaw(app, scene.queue, [{ body: Buffer.from('signed'), encoded: { 'user-id': short('app') } }])
  await app.close()
  const plan = planOf(scene, 301, { setAside: { expiration: true, userId: false } })
  const drained = await drain(scene, plan)
  expect(drained.parked.map(({ body, reason }) => [String(body), reason])).toEqual([
    ['signed', 'the broker refuses its user-id app'],
  ])
  const lanes = await Promise.all(plan.laneQueues.map(name => readRaw(link, name)))
  expect(new Set(lanes.flat().map(one => String(one.body))).size).toBe(300)
})

it('refuses to go on near the delivery-limit, and names what set it', async () => {
  const scene = await aBacklog('quorum', 5, { 'x-delivery-limit': 5 })
  for (let i = 0; i < 2; i++) {
    const lost = await connect(lab.settings, 'lost')
    const channel = await lost.channel()
    await new Promise<void>(resolve => void channel.consume(scene.queue, () => resolve()))
    lost.inner.stream.destroy()
    await expect.poll(async () => (await passiveDeclare(link, scene.queue)).messages, WAIT).toBe(5)
  }
  const plan = planOf(scene, 5, { deliveryLimit: { limit: 5, by: 'policy strict' } })
  const failing = drain(scene, plan)
  await expect(failing).rejects.toMatchObject({ code: 'delivery-limit', exitCode: 4 })
  await expect(failing).rejects.toThrow('delivered 2 times')
  expect((await passiveDeclare(link, scene.queue)).messages).toBe(5)
})

it('stands down while nobody asks for more, and begins again', async () => {
  const scene = await aBacklog('classic')
  const at = once(async () => {
    await expect.poll(() => passiveDeclare(link, scene.queue).then(({ consumers }) => consumers), WAIT).toBe(0)
  })
  const drained = await drain(scene, planOf(scene, COUNT, { prefetch: 300 }), { at, idleMs: 500 })
  await expectWhole(scene, drained)
})
