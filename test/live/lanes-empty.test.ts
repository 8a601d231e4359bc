import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, inject, it } from 'vitest'
import { aTopic, drain, GO, positions, produce, type Scene, stableEnds, type Told, told } from './drain-harness.js'
import { aHandler, type Call, expectInOrder, fanout, onRun, startFanout } from './fanout-scene.js'
import { journalled, runOf } from './fault-harness.js'
import { spawnSpillway, spillway } from './kafka-lab.js'
import { aTraffic, type Traffic } from './traffic.js'

const broker = inject('kafka41')
const RECORDS = 3000
const START = ['--until', 'lanes-empty', '--factor', '4']
const WORK = ['--execute', '--yes']

const aScene = async (partitions = 2): Promise<Scene> => {
  const scene = await aTopic(broker, { partitions })
  await produce(scene, 'plain', '--records', String(RECORDS), '--keys', '50')
  return scene
}
const startDrain = ({ source, home }: Scene) => spawnSpillway(['drain', source, ...GO, ...START], { home })
const positionsAt = ({ lanes }: Pick<Told, 'lanes'>) =>
  Object.fromEntries(lanes.map(({ lane, to }) => [lane, Number(to)]))
const caughtUp = (scene: Scene) =>
  expect
    .poll(async () => sum(await positions(scene)), { timeout: 30_000, interval: 100 })
    .toBeGreaterThanOrEqual(RECORDS)
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0)

/** Each record below the ends was handled once, none above them; what came after them waits in the source. */
async function expectSplit(scene: Scene, done: Told, { calls, traffic }: { calls: readonly Call[]; traffic: Traffic }) {
  const ends = positionsAt(done)
  expect(await positions(scene)).toEqual(ends)
  // No markers and no holes: these producers are plain, so the offsets are the records.
  const messages = sum(ends)
  expect(messages).toBeGreaterThan(RECORDS)
  expect(done.ledger).toEqual({ read: `${messages}`, written: `${messages}`, parked: '0', dropped: '0' })
  expect(new Set(calls.map(({ id }) => id)).size).toBe(messages)
  expect(calls).toHaveLength(messages)
  const late = sum(await stableEnds(scene, Object.keys(ends).length)) - messages
  expect(late).toBe(RECORDS + traffic.written() - messages)
  expectInOrder(calls.filter(({ key }) => key.startsWith('traffic-')))
}

it.each([1, 2])(
  'goes on with what arrives until %i fan-outs are close behind, and tells where the originals start',
  async workers => {
    const scene = await aScene()
    const traffic = await aTraffic(scene, 2)
    try {
      const draining = startDrain(scene)
      const run = await runOf(scene.home)
      await caughtUp(scene)
      const handler = await aHandler()
      const works = Array.from({ length: workers }, () => fanout(scene, [run, '--module', handler.file, ...WORK]))
      const [ended, ...fans] = await Promise.all([draining.finished, ...works])
      expect(ended.code, ended.stderr + ended.stdout).toBe(0)
      await pause(500)
      await traffic.stop()
      const done = told(ended)
      expect(done).toMatchObject({ state: 'complete', balanced: true, originals: 'may start' })
      for (const fan of fans) expect(fan).toMatchObject({ state: 'complete', balanced: true })
      expect(traffic.written()).toBeGreaterThan(sum(positionsAt(done)) - RECORDS)
      await expectSplit(scene, done, { calls: await handler.calls(), traffic })
      expect((await onRun(scene, 'restore', run, '--execute', '--yes')).code).toBe(0)
    } finally {
      await traffic.stop()
    }
  },
)

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'ends stopped at %s while it waits; a resume completes it, and says in text where the originals start',
  async (signal, code) => {
    const scene = await aScene()
    const draining = startDrain(scene)
    const run = await runOf(scene.home)
    await journalled(scene, event => event.type === 'held')
    const held = told(await onRun(scene, 'status', run))
    expect(held).toMatchObject({ state: 'held', originals: `keep stopped (${RECORDS} unread in lanes)` })
    expect(held.held.map(({ reason }) => reason)).toEqual([
      `lanes: nobody works them (spillway fanout ${run} --exec CMD --execute)`,
    ])
    draining.child.kill(signal)
    const stopped = await draining.finished
    expect(stopped.code, stopped.stdout + stopped.stderr).toBe(code)
    expect(told(stopped)).toMatchObject({ state: 'stopped', reason: signal, balanced: true })
    const handler = await aHandler()
    const working = startFanout(scene, [run, '--module', handler.file, ...WORK])
    const resumed = await spillway(['resume', run, '--quiet'], { home: scene.home })
    expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0)
    expect(resumed.stdout).toContain('ORIGINALS: may start\n')
    expect(resumed.stdout).toContain(`The lanes are empty. The originals start where group ${scene.group} stands:\n`)
    for (const [lane, offset] of Object.entries(await positions(scene)))
      expect(resumed.stdout).toMatch(new RegExp(`^ {2}${lane} +${offset}$`, 'm'))
    expect((await working.finished).code).toBe(0)
    expect(await handler.calls()).toHaveLength(RECORDS)
  },
)

it('ends stopped, and says so, where the lanes were copied whole and the boundary is closed', async () => {
  const scene = await aScene(1)
  const handler = await aHandler('await new Promise(resolve => setTimeout(resolve, 20))')
  const draining = startDrain(scene)
  const run = await runOf(scene.home)
  await caughtUp(scene)
  const working = startFanout(scene, [run, '--module', handler.file, '--concurrency', '4', ...WORK])
  const journal = () => readFile(join(scene.home, 'runs', run, 'journal.ndjson'), 'utf8')
  await expect.poll(journal, { timeout: 60_000 }).toContain('"finished"')
  draining.child.kill('SIGINT')
  const stopped = await draining.finished
  expect(stopped.code, stopped.stdout + stopped.stderr).toBe(130)
  expect(told(stopped)).toMatchObject({ state: 'stopped', originals: expect.stringContaining('keep stopped') })
  expect((await onRun(scene, 'resume', run)).code).toBe(0)
  expect((await working.finished).code).toBe(0)
})

it('waits for empty lanes also with more partitions than are copied at once', async () => {
  const scene = await aScene(18)
  const draining = startDrain(scene)
  const run = await runOf(scene.home)
  await caughtUp(scene)
  const handler = await aHandler()
  await fanout(scene, [run, '--module', handler.file, ...WORK])
  const done = told(await draining.finished)
  expect(done).toMatchObject({ state: 'complete', originals: 'may start' })
  expect(await handler.calls()).toHaveLength(RECORDS)
})

it('lets a canary end by its number', async () => {
  const scene = await aScene()
  const looked = await drain(scene, [...START, '--first', '500'])
  expect(looked).toMatchObject({ state: 'stopped', reason: 'canary', ledger: { read: '500' } })
})

it('is aborted while it waits', async () => {
  const scene = await aScene()
  const draining = startDrain(scene)
  const run = await runOf(scene.home)
  await caughtUp(scene)
  expect((await onRun(scene, 'abort', run, '--yes')).code).toBe(0)
  const aborted = await draining.finished
  expect(aborted.code, aborted.stdout + aborted.stderr).toBe(130)
  expect(told(aborted)).toMatchObject({ state: 'stopped', reason: 'aborted', balanced: true })
})

it.each(['transactions', 'counting'])('is carried on after a SIGKILL while it waited, by %s', async guarantee => {
  const scene = await aScene()
  const flags = [...GO, ...START, '--exactly-once', guarantee]
  const draining = spawnSpillway(['drain', scene.source, ...flags], { home: scene.home })
  const run = await runOf(scene.home)
  await caughtUp(scene)
  const handler = await aHandler()
  const working = startFanout(scene, [run, '--module', handler.file, '--rate', '500', ...WORK])
  await expect.poll(async () => (await handler.calls()).length, { timeout: 30_000 }).toBeGreaterThan(500)
  draining.child.kill('SIGKILL')
  await draining.finished
  const traffic = await aTraffic(scene, 2)
  await pause(1000)
  await traffic.stop()
  const resumed = await onRun(scene, 'resume', run)
  expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0)
  const done = told(resumed)
  expect(done).toMatchObject({ state: 'complete', originals: 'may start', balanced: true })
  expect((await working.finished).code).toBe(0)
  const messages = RECORDS + traffic.written()
  expect(await positions(scene)).toEqual(positionsAt(done))
  expect(done.ledger).toMatchObject({ read: `${messages}`, written: `${messages}` })
  expect(await handler.calls()).toHaveLength(messages)
})
