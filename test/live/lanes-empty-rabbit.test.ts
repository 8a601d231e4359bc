import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { aHandler, expectInOrder } from './fanout-scene.js'
import { runOf } from './fault-harness.js'
import { type Finished, spawnSpillway, spillway } from './kafka-lab.js'
import { aQueue, document, drain, GO, lanesOf, model, rabbit, ready, run, type Scene } from './rabbit-harness.js'

const MESSAGES = 1500
const START = ['--until', 'lanes-empty', '--lanes', '4', '--key', 'routing-key']
const API = ['--management', rabbit.managementUrl]

const startDrain = ({ source, home }: Scene) => spawnSpillway(['drain', source, ...GO, ...START, ...API], { home })
const fanout = (scene: Scene, args: readonly string[]) => run(scene, ['fanout', ...args, ...GO])
const okay = (ended: Finished) => {
  expect(ended.code, ended.stderr + ended.stdout).toBe(0)
  return document(ended)
}
const copied = ({ queue }: Scene) => expect.poll(() => ready(queue), { timeout: 60_000, interval: 50 }).toBe(0)

/** Publishes a message every 10 ms, of the keys of `aQueue` and numbered on from its last one, until it is stopped. */
async function aTraffic({ queue, bodies }: Scene) {
  const channel = await model.createConfirmChannel()
  let [next, isOver] = [bodies.length, false]
  const work = (async () => {
    for (; !isOver; await pause(10)) {
      channel.publish(`${queue}.in`, `k${next % 10}`, Buffer.from(String(next)), {
        persistent: true,
        messageId: String(next),
      })
      await channel.waitForConfirms()
      next++
    }
    await channel.close()
  })()
  return {
    published: () => next,
    stop: async () => {
      isOver = true
      await work
    },
  }
}

describe.each([
  ['classic', 1],
  ['quorum', 1],
  ['classic', 2],
] as const)('drain --until lanes-empty of a %s queue', (type, workers) => {
  it(`goes on with what arrives until ${workers} fan-outs are close behind, and waits until they are done`, async () => {
    const scene = await aQueue({ type, messages: MESSAGES })
    const traffic = await aTraffic(scene)
    try {
      const draining = startDrain(scene)
      const id = await runOf(scene.home)
      await copied(scene)
      const handler = await aHandler()
      const works = Array.from({ length: workers }, () => fanout(scene, [id, '--module', handler.file]))
      const [ended, ...fans] = await Promise.all([draining.finished, ...works])
      const done = okay(ended)
      expect(done).toMatchObject({ state: 'complete', balanced: true, originals: 'may start', duplicatesAtMost: '0' })
      for (const fan of fans) expect(okay(fan)).toMatchObject({ state: 'complete', balanced: true })
      await traffic.stop()
      const calls = await handler.calls()
      const moved = Number(done.ledger.read)
      expect(moved).toBeGreaterThan(MESSAGES)
      expect(new Set(calls.map(({ number }) => number)).size).toBe(moved)
      expect(calls).toHaveLength(moved)
      expectInOrder(calls)
      // What was published after the boundary is what the originals find: nothing between the two.
      expect(Math.max(...calls.map(({ number }) => number))).toBe(moved - 1)
      expect(await ready(scene.queue)).toBe(traffic.published() - moved)
      expect((await run(scene, ['restore', id, ...GO])).code).toBe(0)
      expect(await lanesOf(scene.queue)).toEqual([])
    } finally {
      await traffic.stop()
    }
  })
})

describe('drain --until lanes-empty', () => {
  it('names the fan-out that nobody has started, ends stopped at SIGINT while it waits, and is complete after a resume', async () => {
    const scene = await aQueue({ messages: MESSAGES })
    const draining = startDrain(scene)
    const id = await runOf(scene.home)
    const status = async () => document(await spillway(['status', id, '--output', 'json'], { home: scene.home }))
    await expect.poll(async () => (await status()).state, { timeout: 60_000, interval: 500 }).toBe('held')
    const held = await status()
    expect(held.held.map(({ reason }: { reason: string }) => reason)).toEqual([
      `lanes: nobody works them (spillway fanout ${id} --exec CMD --execute)`,
    ])
    expect(held.originals).toBe(`keep stopped (${MESSAGES} unread in lanes)`)
    draining.child.kill('SIGINT')
    const stopped = await draining.finished
    expect(stopped.code, stopped.stderr + stopped.stdout).toBe(130)
    expect(document(stopped)).toMatchObject({ state: 'stopped', reason: 'SIGINT', balanced: true })
    const handler = await aHandler()
    const [resumed, worked] = await Promise.all([
      run(scene, ['resume', id, '--quiet']),
      fanout(scene, [id, '--module', handler.file]),
    ])
    expect(resumed.code, resumed.stderr + resumed.stdout).toBe(0)
    expect(resumed.stdout).toContain(`The lanes are empty. The originals may start on ${scene.queue} at once.\n`)
    okay(worked)
    expect(await handler.calls()).toHaveLength(MESSAGES)
  })

  it('is carried on after a SIGKILL while its lanes were worked', async () => {
    const scene = await aQueue({ messages: MESSAGES })
    const draining = startDrain(scene)
    const id = await runOf(scene.home)
    await copied(scene)
    const handler = await aHandler()
    const working = fanout(scene, [id, '--module', handler.file, '--rate', '300'])
    await expect.poll(async () => (await handler.calls()).length, { timeout: 60_000 }).toBeGreaterThan(300)
    draining.child.kill('SIGKILL')
    await draining.finished
    const traffic = await aTraffic(scene)
    await pause(1000)
    await traffic.stop()
    const done = okay(await run(scene, ['resume', id, '--output', 'json']))
    expect(done).toMatchObject({ state: 'complete', originals: 'may start', balanced: true })
    okay(await working)
    const calls = await handler.calls()
    expect(new Set(calls.map(({ number }) => number)).size).toBe(traffic.published())
    expect(calls.length - traffic.published()).toBeLessThanOrEqual(Number(done.duplicatesAtMost))
    expect(await ready(scene.queue)).toBe(0)
  })

  it('copies nothing while it is paused at the tail', async () => {
    const scene = await aQueue({ messages: 200 })
    const draining = startDrain(scene)
    const id = await runOf(scene.home)
    const on = (...args: readonly string[]) => spillway([...args, '--output', 'json'], { home: scene.home })
    const read = async () => document(await on('status', id)).ledger.read
    await expect.poll(read, { timeout: 60_000, interval: 200 }).toBe('200')
    await pause(500)
    expect((await on('pause', id)).code).toBe(0)
    await pause(1000)
    const traffic = await aTraffic(scene)
    await pause(1000)
    await traffic.stop()
    const late = traffic.published() - 200
    expect({ ready: await ready(scene.queue), read: await read() }).toEqual({ ready: late, read: '200' })
    expect((await on('resume', id)).code).toBe(0)
    await expect.poll(read, { timeout: 60_000, interval: 200 }).toBe(String(200 + late))
    draining.child.kill('SIGTERM')
    const stopped = await draining.finished
    expect(stopped.code, stopped.stderr + stopped.stdout).toBe(143)
    expect(document(stopped)).toMatchObject({
      ledger: { read: String(200 + late) },
      balanced: true,
      duplicatesAtMost: '0',
    })
  })

  it('lets a canary end by its number', async () => {
    const scene = await aQueue({ messages: 200 })
    expect(document(await drain(scene, [...START, '--first', '50']))).toMatchObject({
      state: 'stopped',
      reason: 'canary',
    })
  })
})
