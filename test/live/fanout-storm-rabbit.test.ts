import { beforeAll, describe, expect, it } from 'vitest'
import type { RabbitLab } from '../../src/lab/rabbitmq/options.js'
import { aHandler, expectInOrder, expectOnceInOrder } from './fanout-scene.js'
import {
  aWorker,
  expectNothingLost,
  heldFor,
  measured,
  moreCalls,
  storm,
  sumOf,
  toldByStopped,
} from './fanout-storm-harness.js'
import { runsOf, told } from './fault-harness.js'
import { spawnSpillway, spillway } from './kafka-lab.js'
import { aBacklog, run as command, complete, drain, type Scene } from './rabbit-fault-harness.js'
import { ownRabbit } from './rabbit-lab.js'
import { QUICK_RABBIT } from './setup.js'

const JSON_QUIET = ['--output', 'json', '--quiet']
const GO = ['--execute', '--yes', ...JSON_QUIET]
const KEYS = 40
const LITTLE = 'await new Promise(resolve => setTimeout(resolve, Math.random() * 8))'
let lab: RabbitLab
beforeAll(async () => {
  lab = await ownRabbit({ config: { ...QUICK_RABBIT.config, heartbeat: '2' } })
}, 120_000)

describe.each(['classic', 'quorum'] as const)('a fan-out of %s queues', type => {
  /** Lanes by key. */
  async function lanes(messages: number) {
    const properties = (i: number) => ({ messageId: String(i), headers: { customer: `c${i % KEYS}` } })
    const scene = await aBacklog(lab, { type, messages, name: 'storm', properties })
    const drained = complete(await drain(scene, ['--key', 'header:customer']))
    return { scene, run: drained.run }
  }
  const fanout = (scene: Scene, args: readonly string[]) => command(scene, ['fanout', ...args, ...GO])
  const startFanout = ({ server, home }: Scene, args: readonly string[]) =>
    spawnSpillway(['fanout', ...args, ...GO, '--management', server.managementUrl], { home })

  it('keeps the order of keys under 16 workers, each message once', async () => {
    const { scene, run } = await lanes(2000)
    const worker = await aWorker(LITTLE)
    const done = complete(await fanout(scene, [run, '--worker', worker.file, '--workers', '16']))
    expectOnceInOrder(await worker.calls(), 2000)
    expect(done).toMatchObject({
      ledger: { read: '2000', written: '2000', parked: '0', dropped: '0' },
      duplicatesAtMost: '0',
      originals: 'may start',
    })
  })

  it('loses nothing where processes start and stop 10 times, keys in order', async () => {
    const messages = 3000
    const { scene, run } = await lanes(messages)
    const handler = await aHandler(LITTLE)
    const args = [run, '--module', handler.file]
    const start = () => startFanout(scene, [...args, '--rate', '60'])
    const stopped = toldByStopped(await storm({ starts: 10, handler, start }))
    const last = complete(await fanout(scene, args))
    const all = [...stopped, last]
    const calls = await handler.calls()
    const atMost = sumOf(all, ({ duplicatesAtMost }) => duplicatesAtMost)
    const twice = expectNothingLost(calls, messages, atMost)
    const left = last.ledger.read
    measured(`rabbitmq ${type}: ${all.length} runs, ${left} left to the last, ${twice} twice of at most ${atMost}`)
    expectInOrder(calls)
    expect(sumOf(all, ({ ledger }) => ledger.read)).toBe(calls.length)
  })

  it('loses nothing where two processes are killed, and says how much may have been seen twice', async () => {
    const messages = 2000
    const { scene, run } = await lanes(messages)
    const handler = await aHandler(LITTLE)
    const args = [run, '--module', handler.file, '--rate', '200']
    const first = startFanout(scene, args)
    await moreCalls(handler, 200)
    const second = startFanout(scene, args)
    await expect.poll(async () => (await runsOf(scene.home)).length, { timeout: 60_000 }).toBe(3)
    await moreCalls(handler, 400)
    first.child.kill('SIGKILL')
    await moreCalls(handler, 200)
    second.child.kill('SIGKILL')
    await Promise.all([first.finished, second.finished])
    const [killed = '', other = ''] = (await runsOf(scene.home)).filter(id => id !== run)
    const resumed = complete(await command(scene, ['resume', killed, ...JSON_QUIET]))
    const status = told(await spillway(['status', other, ...JSON_QUIET], { home: scene.home }))
    const atMost = sumOf([resumed, status], ({ duplicatesAtMost }) => duplicatesAtMost)
    const calls = await handler.calls()
    const twice = expectNothingLost(calls, messages, atMost)
    measured(`rabbitmq ${type}: two killed, ${twice} twice of at most ${atMost}`)
    expectInOrder(calls)
  })

  it('waits for a server that is killed, with the reason, and loses nothing', async () => {
    const messages = 2000
    const { scene, run } = await lanes(messages)
    const handler = await aHandler(LITTLE)
    const running = startFanout(scene, [run, '--module', handler.file, '--rate', '500'])
    await moreCalls(handler, 600)
    await lab.kill()
    await heldFor(scene.home, /^broker: /)
    await lab.restart()
    const done = complete(await running.finished)
    const calls = await handler.calls()
    const twice = expectNothingLost(calls, messages, Number(done.duplicatesAtMost))
    measured(`rabbitmq ${type}: server killed, ${twice} twice of at most ${done.duplicatesAtMost}`)
    expectInOrder(calls)
    expect(done.ledger.parked).toBe('0')
  })
})
