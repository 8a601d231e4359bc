import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RabbitLab } from '../../src/lab/rabbitmq/options.js'
import { journalled, runOf, told, underWay } from './fault-harness.js'
import { spillway } from './kafka-lab.js'
import {
  aBacklog,
  complete,
  drain,
  expectWhole,
  heldBy,
  lanesOf,
  onChannel,
  resume,
  run,
  type Scene,
  startDrain,
  statusOf,
  takeAll,
  through,
} from './rabbit-fault-harness.js'
import { alarm, api, ownRabbit } from './rabbit-lab.js'
import { QUICK_RABBIT } from './setup.js'
import { proxyTo } from './tcp-proxy.js'

const PATIENT = { timeout: 60_000, interval: 200 }
let lab: RabbitLab
beforeAll(async () => {
  lab = await ownRabbit({ config: { ...QUICK_RABBIT.config, heartbeat: '2' } })
}, 120_000)

/** Lifts the limit of a live run. */
async function hurry({ home }: Scene): Promise<void> {
  const { code, stderr } = await spillway(['set', await runOf(home), 'rate=unlimited'], { home })
  expect(code, stderr).toBe(0)
}

/** Erlang that does something with the process of a queue, `Pid`. */
const withProcess = (queue: string, work: string) =>
  lab.ctl(
    'eval',
    `{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"${queue}">>)), Pid = amqqueue:get_pid(Q), ${work}.`,
  )
const setEnv = (name: string, value: number | 'undefined') =>
  lab.ctl('eval', `application:set_env(rabbit, ${name}, ${value}).`)

describe.each(['classic', 'quorum'] as const)('a %s queue', type => {
  it('comes through a kill -9 of the server', async () => {
    const scene = await aBacklog(lab, { type, messages: 12_000 })
    const running = startDrain(scene, ['--rate', '2k'])
    // A server that is killed forgets queues that it has just made.
    await journalled(scene, ({ type: what, mark }) => what === 'settled' && Number(mark) > 6000)
    await lab.kill()
    await lab.restart()
    await expectWhole(scene, complete(await running.finished))
  })

  it('holds while its lanes refuse messages, and goes on when they take them again', async () => {
    const scene = await aBacklog(lab, { type, messages: 6000 })
    const running = startDrain(scene, ['--rate', '1k'])
    await underWay(scene)
    // More than is there by now: a policy that finds a queue too long drops its head, whatever it says of overflow.
    const definition = { 'max-length': 1200, overflow: 'reject-publish' }
    const policy = { pattern: `^${scene.queue}\\.spill\\.`, 'apply-to': 'queues', definition }
    await api(lab, 'policies/%2F/full', { method: 'PUT', body: policy })
    await heldBy(scene, /Policy full puts .*max-length=1,200.* on the temporary queues/)
    // Whoever knows better goes on, until the queues themselves refuse.
    expect((await resume(scene, ['--ignore', 'Policy full'])).code).toBe(0)
    await heldBy(scene, /refuses messages of fault-.*\.spill\..*basic\.nack/)
    await api(lab, 'policies/%2F/full', { method: 'DELETE' })
    const ended = complete(await running.finished)
    expect(ended).toMatchObject({ ledger: { parked: '0' }, duplicatesAtMost: '0' })
    const { copies } = await expectWhole(scene, ended)
    expect(copies).toHaveLength(6000)
  })

  it('parks what is over max_message_size, by name, and copies the rest', async () => {
    const scene = await aBacklog(lab, { type, messages: 40, size: 5000 })
    const big = Buffer.alloc(20_000, 'x')
    await onChannel(lab, async channel => {
      channel.sendToQueue(scene.queue, big, { persistent: true })
      await channel.waitForConfirms()
    })
    await setEnv('max_message_size', 10_000)
    const finished = await drain(scene)
    await setEnv('max_message_size', 134_217_728)
    expect(finished.code, finished.stdout + finished.stderr).toBe(3)
    const ended = told(finished)
    expect(ended).toMatchObject({ state: 'complete', balanced: true, ledger: { read: '41', parked: '1' } })
    const { parked } = await expectWhole({ ...scene, bodies: [...scene.bodies, big.toString()] }, ended)
    expect(parked).toEqual([big.toString()])
  })
})

describe('consumer_timeout', () => {
  afterEach(() => setEnv('consumer_timeout', 1_800_000))

  it('that closes the channel of a held run is got over by its resume', async () => {
    await setEnv('consumer_timeout', 1000)
    const scene = await aBacklog(lab, { messages: 3000 })
    const running = startDrain(scene, ['--rate', '500'])
    await underWay(scene)
    const { run: id } = await statusOf(scene)
    await run(scene, ['pause', id])
    await expect.poll(() => consumersOf(scene.queue), PATIENT).toBe(0)
    await setEnv('consumer_timeout', 1_800_000)
    await hurry(scene)
    expect((await resume(scene)).code).toBe(0)
    await expectWhole(scene, complete(await running.finished))
  })

  it('that is shorter than messages wait for a slow rate ends nothing', async () => {
    await setEnv('consumer_timeout', 4000)
    const scene = await aBacklog(lab, { messages: 2400 })
    await expectWhole(scene, complete(await drain(scene, ['--rate', '300'])))
  })
})

const consumersOf = (queue: string): Promise<number> =>
  onChannel(lab, async channel => (await channel.checkQueue(queue)).consumerCount)

describe('a queue with a single active consumer', () => {
  it('wants to know about its order, and is drained then', async () => {
    const scene = await aBacklog(lab, { messages: 2000, args: { 'x-single-active-consumer': true } })
    const unsaid = await drain(scene)
    expect({ code: unsaid.code, error: told(unsaid).error?.code }).toEqual({ code: 2, error: 'order' })
    const ended = complete(await drain(scene, ['--key', 'property:message-id']))
    expect((await expectWhole(scene, ended)).copies).toHaveLength(2000)
  })
})

describe('what is deleted on the way', () => {
  it('an exchange before a lane is made again', async () => {
    const scene = await aBacklog(lab, { messages: 3000 })
    const running = startDrain(scene, ['--rate', '1k'])
    await underWay(scene)
    const [lane = ''] = await lanesOf(scene)
    await onChannel(lab, channel => channel.deleteExchange(lane))
    await expectWhole(scene, complete(await running.finished))
  })

  it('the source ends the run by name; the copies are told of', async () => {
    const scene = await aBacklog(lab, { messages: 3000 })
    const running = startDrain(scene, ['--rate', '1k'])
    await underWay(scene)
    await onChannel(lab, channel => channel.deleteQueue(scene.queue))
    const finished = await running.finished
    expect(finished.code).toBe(1)
    const ended = told(finished)
    expect(ended).toMatchObject({ state: 'failed', balanced: true, error: { code: 'queue-gone' } })
    const copies: string[] = []
    for (const lane of await lanesOf(scene)) copies.push(...(await takeAll(lab, lane)))
    expect(copies.length).toBeGreaterThanOrEqual(Number(ended.ledger.written))
    expect(copies.length).toBeLessThanOrEqual(Number(ended.ledger.written) + Number(ended.duplicatesAtMost))
  })

  it('the source ends an undo, which is finished once it is there again', async () => {
    const proxy = await proxyTo(lab.amqpPort)
    const scene = through(await aBacklog(lab, { messages: 1500, size: 1000 }), proxy)
    complete(await drain(scene))
    proxy.slow(200_000)
    const { run: id } = await statusOf(scene)
    const undo = ['restore', id, '--undo', '--execute', '--yes', '--output', 'json']
    const undoing = run(scene, undo)
    const ready = () => onChannel(lab, async channel => (await channel.checkQueue(scene.queue)).messageCount)
    await expect.poll(ready, PATIENT).toBeGreaterThan(0)
    await onChannel(lab, channel => channel.deleteQueue(scene.queue))
    const failed = await undoing
    proxy.slow(Number.POSITIVE_INFINITY)
    expect({ code: failed.code, error: told(failed).error?.code }).toEqual({ code: 1, error: 'queue-gone' })
    await onChannel(lab, channel => channel.assertQueue(scene.queue, { arguments: { 'x-queue-type': 'classic' } }))
    const done = await run(scene, undo)
    proxy.close()
    expect(done.code, done.stdout + done.stderr).toBe(0)
    expect(told(done)).toMatchObject({ state: 'undone' })
    expect((await takeAll(lab, scene.queue)).length).toBeGreaterThan(0)
  })
})

describe('a queue whose process dies', () => {
  it('as a lane takes no message with it', async () => {
    const scene = await aBacklog(lab, { messages: 4000 })
    const running = startDrain(scene, ['--rate', '1k'])
    await underWay(scene)
    const [lane = ''] = await lanesOf(scene)
    await withProcess(lane, 'exit(Pid, kill)')
    await expectWhole(scene, complete(await running.finished))
  })
})

describe('an alarm', () => {
  // It may take seconds to come.
  const SLOWLY = ['--rate', '150']
  afterEach(() => alarm(lab, 'clear'))

  it('of the disk holds the run, which goes on by itself, each message once', async () => {
    const scene = await aBacklog(lab, { messages: 3000 })
    const running = startDrain(scene, SLOWLY)
    await underWay(scene)
    await alarm(lab, 'disk')
    await heldBy(scene, /RabbitMQ takes no messages: .*disk.* alarm/)
    await hurry(scene)
    await alarm(lab, 'clear')
    const ended = complete(await running.finished)
    expect(ended.duplicatesAtMost).toBe('0')
    expect((await expectWhole(scene, ended)).copies).toHaveLength(3000)
  })

  it('lets a run that is held by it be stopped, and carried on later', async () => {
    const scene = await aBacklog(lab, { messages: 3000 })
    const running = startDrain(scene, SLOWLY)
    await underWay(scene)
    await alarm(lab, 'memory')
    await heldBy(scene, /memory.* alarm/)
    running.child.kill('SIGINT')
    const stopped = await running.finished
    expect(stopped.code, stopped.stdout + stopped.stderr).toBe(130)
    expect(told(stopped)).toMatchObject({ state: 'stopped', balanced: true })
    await alarm(lab, 'clear')
    await expectWhole(scene, complete(await resume(scene, ['--rate', '10k'])))
  })
})

describe('a home that is full', () => {
  const mounted: string[] = []
  const shell = promisify(execFile)
  afterEach(async () => {
    for (const path of mounted.splice(0)) await shell('umount', ['-l', path])
  })

  it('stops the run with a clear error; with room made it carries on', async () => {
    // A long name makes a long journal.
    const scene = await aBacklog(lab, { messages: 12_000, name: 'x'.repeat(140) })
    const home = join(scene.home, 'small')
    await mkdir(home)
    await shell('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', home])
    mounted.push(home)
    const small: Scene = { ...scene, home }
    const running = startDrain(small, ['--rate', '1500'])
    await underWay(small)
    const ballast = join(home, 'ballast')
    await shell('bash', ['-c', `head -c 2m /dev/zero > ${ballast} || true`])
    const finished = await running.finished
    expect(finished.code, finished.stdout + finished.stderr).toBe(1)
    expect(told(finished)).toMatchObject({ state: 'failed', error: { code: 'journal-full' } })
    await rm(ballast)
    await expectWhole(small, complete(await resume(small)))
  })
})
