import { resolve } from 'node:path'
import { connect } from 'amqplib'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { randomFrom } from '../../src/lab/fill/random.js'
import { stopping } from '../chaos/ctrl-c.js'
import { newestRun, newHome } from '../chaos/homes.js'
import { cutting } from '../chaos/rabbitmq/blows.js'
import { addressOf, type RabbitWorld, rabbitSystem } from '../chaos/rabbitmq/copy.js'
import { Queues } from '../chaos/rabbitmq/queues.js'
import { siege } from '../chaos/rabbitmq/siege.js'
import { pairings } from '../chaos/rabbitmq/sources.js'
import { campaign, inWords } from '../chaos/run.js'
import { spawnSpillway, spillway } from './kafka-lab.js'
import { freshVhost } from './rabbit-lab.js'
import { proxyTo, type TcpProxy } from './tcp-proxy.js'

const SEED = 20_261_121
const KILLS = 10
const MESSAGES = 3000
/** Near enough for two kills to come within three of it. */
const DELIVERY_LIMIT = 5

const rabbit = inject('rabbitmq')
let proxy: TcpProxy
let world: RabbitWorld
beforeAll(async () => {
  const vhost = await freshVhost(rabbit, `chaos-${process.pid}`)
  proxy = await proxyTo(rabbit.amqpPort)
  const { url, managementUrl, settings } = rabbit
  const queues = new Queues({ url, managementUrl, vhost }, settings, MESSAGES)
  world = { random: randomFrom(SEED), bin: resolve('bin/spillway.js'), queues, port: proxy.port, paced: 1 }
})
afterAll(() => proxy.close())

it(`loses nothing, and doubles no more than the report says, over ${KILLS} kills at random moments (seed ${SEED})`, {
  timeout: 300_000,
}, async () => {
  const chosen = pairings(['key/quorum', 'none/expiring'])
  let kills = 0
  for await (const outcome of campaign(
    world,
    rabbitSystem(world, [cutting(proxy), stopping(world.random, { every: 2, early: 1 })]),
    {
      kills: KILLS,
      killsPerCopy: 5,
      pairings: chosen,
    },
  )) {
    process.stderr.write(`${inWords(outcome)}\n`)
    expect(outcome.problems, inWords(outcome)).toEqual([])
    kills += outcome.killed.length
  }
  expect(kills).toBeGreaterThanOrEqual(KILLS)
})

it('refuses by name before a quorum queue drops what was delivered too often, and goes on once the limit is raised', {
  timeout: 120_000,
}, async () => {
  const queue = `chaos-siege-${process.pid}`
  await world.queues.limitDeliveries('chaos', `^${queue}$`, DELIVERY_LIMIT)
  const outcome = await siege(world, { queue, kills: DELIVERY_LIMIT })
  expect(outcome.problems, inWords(outcome)).toEqual([])
  expect(outcome.killed.length).toBeLessThan(DELIVERY_LIMIT)
})

it('still sees a consumer that comes after its connections were cut', { timeout: 120_000 }, async () => {
  const queue = `chaos-stranger-${process.pid}`
  const home = await newHome()
  await world.queues.fill(queue, 'quorum')
  const management = ['--management', rabbit.managementUrl]
  const drain = ['drain', addressOf(world, queue), '--rate', '200', '--execute', '--yes', ...management]
  const running = spawnSpillway(drain, { home })
  const status = async () => {
    const run = await newestRun(home)
    const { stdout } = await spillway(['status', run ?? '', '--output', 'json'], { home })
    return JSON.parse(stdout || '{}')
  }
  await expect.poll(async () => Number((await status()).ledger?.read ?? 0), { timeout: 60_000 }).toBeGreaterThan(0)
  proxy.cut()
  const model = await connect(`${rabbit.url}/${world.queues.place.vhost}`)
  const channel = await model.createChannel()
  await channel.prefetch(1)
  await channel.consume(queue, () => undefined)
  await expect
    .poll(async () => (await status()).held?.map((hold: { reason: string }) => hold.reason), { timeout: 60_000 })
    .toContain(`another consumer seen on queue ${queue}`)
  running.child.kill('SIGKILL')
  await running.finished
  await model.close()
})
