import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { archiveOf, bodiesKept, discard, expectKept, kept, planned, startDiscard } from './discard-rabbit-harness.js'
import { runOf, runsOf, told, underWay } from './fault-harness.js'
import { spillway } from './kafka-lab.js'
import { aBacklog, complete, heldBy, onChannel, onServer, resume, type Scene, takeAll } from './rabbit-fault-harness.js'
import { api, witness } from './rabbit-lab.js'

const rabbit = inject('rabbitmq')
const TYPES = ['classic', 'quorum'] as const
const NOW = Math.floor(Date.now() / 1000)
const old = (index: number, until: number) => ({ timestamp: index < until ? NOW - 7200 : NOW })
const first = (bodies: readonly string[], count: number) => bodies.slice(0, count)

/** Publishes more to a queue, as the service that fills it does. */
const refill = (scene: Scene, bodies: readonly string[]) =>
  onChannel(rabbit, async channel => {
    for (const body of bodies) channel.sendToQueue(scene.queue, Buffer.from(body), { persistent: true })
    await channel.waitForConfirms()
  })

const readyIn = ({ queue }: Scene): Promise<number> =>
  onChannel(rabbit, async channel => (await channel.checkQueue(queue)).messageCount)

describe.each(TYPES)('a %s queue', type => {
  it('is let go whole, and the archive has every byte of it', async () => {
    const scene = await aBacklog(rabbit, {
      type,
      messages: 1500,
      properties: i => ({
        messageId: i % 3 === 0 ? undefined : `id-${i}`,
        expiration: i % 5 === 0 ? '3600000' : undefined,
        timestamp: NOW,
        headers: { seq: i, deep: { list: [1, 'two', 3.5, null, true] }, bytes: Buffer.from([0, 255, i % 256]) },
        contentType: 'text/plain',
      }),
    })
    const before = await witness(rabbit, scene.queue, { mode: 'peek' })
    const envelope = complete(await discard(scene))
    expect(envelope).toMatchObject({ ledger: { dropped: '1500', written: '0' }, duplicatesAtMost: '0' })
    const archive = await kept(await archiveOf(scene))
    const sames = (all: typeof before) => all.map(({ redelivered: _, ...message }) => strip(message)).sort(byBody)
    expect(sames(archive)).toEqual(sames(before))
    expect(await takeAll(rabbit, scene.queue)).toEqual([])
  })

  it('loses exactly --max-messages, from the front', async () => {
    const scene = await aBacklog(rabbit, { type, messages: 1000 })
    const ended = complete(await discard(scene, ['--max-messages', '137']))
    expect(ended.ledger.dropped).toBe('137')
    const { archive, left } = await expectKept(scene, ended)
    expect(archive).toEqual(first(scene.bodies, 137))
    expect(left).toEqual(scene.bodies.slice(137))
  })

  it('loses what is older, and keeps the rest in its place', async () => {
    const scene = await aBacklog(rabbit, { type, messages: 900, properties: i => old(i, 600) })
    const ended = complete(await discard(scene, ['--older-than', '1h']))
    const { archive, left } = await expectKept(scene, ended)
    expect(archive).toEqual(first(scene.bodies, 600))
    expect(left).toEqual(scene.bodies.slice(600))
  })

  it('stops with 4 at the first message without a timestamp, and at it again when resumed', async () => {
    const properties = (i: number) => (i === 250 ? {} : old(i, 500))
    const scene = await aBacklog(rabbit, { type, messages: 500, properties })
    const finished = await discard(scene, ['--older-than', '1h'])
    expect(finished.code, finished.stdout).toBe(4)
    expect(told(finished)).toMatchObject({
      state: 'failed',
      error: { code: 'no-timestamp' },
      ledger: { dropped: '250' },
    })
    const again = await resume(scene)
    expect(again.code).toBe(4)
    const { left } = await expectKept(scene, told(again))
    expect(left).toEqual(scene.bodies.slice(250))
  })

  it('keeps everything where nothing is older, and nothing where everything is', async () => {
    const fresh = await aBacklog(rabbit, { type, messages: 200, properties: i => old(i, 0) })
    const none = complete(await discard(fresh, ['--older-than', '1h']))
    expect(none.ledger.dropped).toBe('0')
    expect((await expectKept(fresh, none)).left).toEqual(fresh.bodies)
    const aged = await aBacklog(rabbit, { type, messages: 200, properties: i => old(i, 200) })
    const all = complete(await discard(aged, ['--until', new Date((NOW - 60) * 1000).toISOString()]))
    expect(all).toMatchObject({ ledger: { dropped: '200' }, warnings: expect.not.arrayContaining([/expired/]) })
    expect((await expectKept(aged, all)).left).toEqual([])
  })

  it('is not followed where it is filled meanwhile', async () => {
    const scene = await aBacklog(rabbit, { type, messages: 1500 })
    const running = startDiscard(scene, ['--rate', '700'])
    await underWay(scene)
    const more = Array.from({ length: 400 }, (_, i) => String(1500 + i))
    await refill(scene, more)
    const ended = complete(await running.finished)
    expect(ended.ledger.dropped).toBe('1500')
    expect(await bodiesKept(scene)).toEqual(scene.bodies)
    expect(await takeAll(rabbit, scene.queue)).toEqual(more)
  })

  it('says how many expired on the way', async () => {
    // What was delivered does not expire, so a good part of it must lie beyond the prefetch: 2,000 of these.
    const properties = () => ({ expiration: '12000' })
    const scene = await aBacklog(rabbit, { type, messages: 4500, size: 5000, properties })
    const running = startDiscard(scene, ['--rate', '100'])
    await underWay(scene)
    await expect.poll(() => readyIn(scene), { timeout: 60_000, interval: 300 }).toBe(0)
    const { code, stderr } = await spillway(['set', await runOf(scene.home), 'rate=unlimited'], scene)
    expect(code, stderr).toBe(0)
    const ended = complete(await running.finished)
    const gone = 4500 - Number(ended.ledger.dropped)
    expect(gone).toBeGreaterThan(0)
    expect(ended.warnings.join('\n')).toContain(`expired or taken by others: ${gone} of`)
    expect(await bodiesKept(scene)).toHaveLength(4500 - gone)
  })

  it('goes without an archive: purged, or acked where a limit is set', async () => {
    const scene = await aBacklog(rabbit, { type, messages: 800 })
    const some = complete(await discard(scene, ['--no-archive', '--max-messages', '300']))
    expect(some).toMatchObject({ target: 'nowhere', ledger: { dropped: '300' } })
    const rest = await discard({ ...scene, home: `${scene.home}/purge` }, ['--no-archive'])
    expect(complete(rest)).toMatchObject({ target: 'nowhere', ledger: { dropped: '500' } })
    expect(await takeAll(rabbit, scene.queue)).toEqual([])
  })
})

type Plain = Omit<Awaited<ReturnType<typeof witness>>[number], 'redelivered'>
const byBody = (a: Plain, b: Plain) => (a.body < b.body ? -1 : 1)

/** A peek makes a quorum queue sort headers, and add its count. */
const strip = (message: Plain): Plain => ({
  ...message,
  ...(message.headers && {
    headers: message.headers.filter(([name]) => name !== 'x-delivery-count').sort(([a], [b]) => (a < b ? -1 : 1)),
  }),
})

describe('two discards of one queue', () => {
  it('refuses the second by the lock of the first', async () => {
    const scene = await aBacklog(rabbit, { messages: 2000 })
    const running = startDiscard(scene, ['--rate', '50'])
    await underWay(scene)
    const home = `${scene.home}/second`
    const second = await discard({ ...scene, home })
    await spillway(['set', await runOf(scene.home), 'rate=5k'], scene)
    expect(second.code).toBe(4)
    expect(told(second).error?.code).toBe('claimed')
    expect(await runsOf(home)).toEqual([])
    await expectKept(scene, complete(await running.finished))
  })
})

describe('a consumer of the queue', () => {
  const consumer = () => connect(rabbit.url)
  let model: Awaited<ReturnType<typeof consumer>>
  beforeAll(async () => {
    model = await consumer()
  })
  afterAll(() => model.close())

  it('refuses the discard with 4, and a plan lists it', async () => {
    const scene = await aBacklog(rabbit, { messages: 10 })
    const channel = await model.createChannel()
    await channel.prefetch(1)
    await channel.consume(scene.queue, () => undefined)
    const finished = await discard(scene)
    expect([finished.code, told(finished).error?.code]).toEqual([4, 'consumers-live'])
    const plan = await planned(scene, ['--all'])
    expect([plan.code, told(plan).refusals.join('\n')]).toEqual([0, expect.stringMatching(/has 1 consumer/)])
    await channel.close()
  })

  it('that comes to a single-active-consumer queue on the way holds the run until an operator lifts that', async () => {
    const args = { 'x-single-active-consumer': true }
    const scene = await aBacklog(rabbit, { messages: 9000, args })
    const running = startDiscard(scene, ['--rate', '500'])
    await underWay(scene)
    const channel = await model.createChannel()
    const { consumerTag } = await channel.consume(scene.queue, () => undefined)
    await heldBy(scene, /another consumer seen/)
    await channel.cancel(consumerTag)
    await channel.close()
    expect((await resume(scene)).code).toBe(0)
    await expectKept(scene, complete(await running.finished))
  })
})

describe('a plan', () => {
  it('names what fills the queue and where nothing is dead-lettered to, and changes nothing', async () => {
    const args = { 'x-dead-letter-exchange': 'graveyard', 'x-message-ttl': 86_400_000 }
    const scene = await aBacklog(rabbit, { messages: 5, args })
    await onServer(rabbit, async model => {
      const channel = await model.createChannel()
      await channel.assertExchange(`${scene.queue}.in`, 'topic', { autoDelete: true })
      await channel.bindQueue(scene.queue, `${scene.queue}.in`, 'orders.#')
      await channel.close()
    })
    const finished = await planned(scene, ['--all'])
    const { plan } = told(finished) as unknown as { plan: { affected: string[]; expect: { messages: string } } }
    const affected = plan.affected.join('\n')
    expect(affected).toContain(`exchange ${scene.queue}.in (routing key "orders.#")`)
    expect(affected).toContain('dead-letter exchange graveyard')
    expect(plan.expect.messages).toBe('5')
    expect(await takeAll(rabbit, scene.queue)).toEqual(scene.bodies)
  })

  it('with the archive in the data folder of the node is refused', async () => {
    const scene = await aBacklog(rabbit, { messages: 5 })
    const [node] = (await api(rabbit, 'nodes')) as { db_dir: string }[]
    const folder = join(node?.db_dir ?? '', 'archives')
    await mkdir(folder, { recursive: true })
    const finished = await discard(scene, ['--archive', folder])
    expect([finished.code, told(finished).error?.code]).toEqual([4, 'archive-volume'])
    expect(await takeAll(rabbit, scene.queue)).toEqual(scene.bodies)
  })
})
