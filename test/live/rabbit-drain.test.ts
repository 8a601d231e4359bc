import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { spillway } from './kafka-lab.js'
import {
  aHome,
  aQueue,
  bodiesOf,
  document,
  drain,
  GO,
  inLanes,
  lanesOf,
  model,
  rabbit,
  ready,
  run,
  runOf,
  slowly,
  sorted,
  VHOST,
} from './rabbit-harness.js'
import { api, witness } from './rabbit-lab.js'

describe.each(['classic', 'quorum'] as const)('draining a %s queue', type => {
  it('moves each message once into ten queues of its type, by key, with routing keys kept', async () => {
    const scene = await aQueue({ type })
    const told = document(await drain(scene, ['--key', 'routing-key', '--reason', 'test']))
    expect(told).toMatchObject({
      verb: 'drain',
      source: scene.source.replace(/\/\/.*@/, '//'),
      state: 'complete',
      ledger: { read: '1000', written: '1000', parked: '0', dropped: '0' },
      balanced: true,
      lanes: [{ lane: scene.queue, read: '1000', written: '1000', from: '0', to: '1000' }],
      duplicatesAtMost: '0',
      originals: 'keep stopped (1000 unread in lanes)',
      held: [],
      refusals: [],
    })
    const lanes = await inLanes(scene.queue)
    expect(lanes).toHaveLength(10)
    expect(sorted(bodiesOf(lanes.flat()))).toEqual(scene.bodies)
    for (const lane of lanes) {
      // Order per key: within a lane the messages of a key are as they were.
      for (const key of new Set(lane.map(({ routingKey }) => routingKey))) {
        const bodies = bodiesOf(lane.filter(({ routingKey }) => routingKey === key))
        expect(bodies).toEqual(sorted(bodies))
        expect(bodies).toHaveLength(100)
      }
    }
    expect(await ready(scene.queue)).toBe(0)
  })

  it('restores only once the lanes are empty, and leaves nothing', async () => {
    const scene = await aQueue({ type, messages: 50 })
    await drain(scene)
    const id = await runOf(scene)
    const refused = await run(scene, ['restore', id, '--execute', '--yes', '--output', 'json'])
    expect(refused.code).toBe(4)
    expect(document(refused)).toMatchObject({ error: { message: expect.stringContaining('50 unread') } })
    for (const lane of await lanesOf(scene.queue)) await witness(rabbit, lane, { vhost: VHOST })
    const dry = await run(scene, ['restore', id])
    expect(dry.stdout).toContain('DELETES 10 queues')
    const done = await run(scene, ['restore', id, '--execute', '--yes', '--output', 'json'])
    expect(done.code, done.stderr).toBe(0)
    expect(document(done)).toMatchObject({ originals: 'may start', restore: { stage: 'done', unread: '0' } })
    expect(await lanesOf(scene.queue)).toEqual([])
    const exchanges = (await api(rabbit, `exchanges/${VHOST}`)) as { name: string }[]
    expect(exchanges.filter(({ name }) => name.startsWith(`${scene.queue}.spill.`))).toEqual([])
    expect((await run(scene, ['restore', id, '--execute', '--yes'])).code).toBe(0)
  })

  it('gives the backlog back with its properties as they were', async () => {
    const scene = await aQueue({ type, messages: 200, expiration: '3600000' })
    expect((await drain(scene)).code).toBe(0)
    const [copy] = (await inLanes(scene.queue)).flat()
    expect(copy?.headers).toContainEqual(['x-spillway-expiration', 'S', '3600000'])
    expect(copy?.properties).not.toHaveProperty('expiration')
    const undone = await run(scene, ['restore', await runOf(scene), '--undo', '--execute', '--yes', '--output', 'json'])
    expect(undone.code, undone.stderr).toBe(0)
    expect(document(undone)).toMatchObject({ state: 'undone', originals: 'may start' })
    expect(await lanesOf(scene.queue)).toEqual([])
    const back = await witness(rabbit, scene.queue, { vhost: VHOST })
    expect(sorted(bodiesOf(back))).toEqual(scene.bodies)
    expect(back[0]?.properties).toMatchObject({ expiration: '3600000' })
    expect(back.every(({ routingKey, body }) => routingKey === `k${Number(Buffer.from(body, 'base64')) % 10}`)).toBe(
      true,
    )
  })
})

describe('a drain that is killed', () => {
  it.each([
    'after-run-folder',
    'after-lock',
    'before-lanes-declare',
    'after-lanes-declare',
    'before-publish',
    'after-publish',
    'after-confirm',
    'before-ack',
    'after-ack',
    'before-journal:4',
    'after-journal:5',
  ])('at %s loses nothing, and says how many may be there twice', async name => {
    const scene = await aQueue({ messages: 3000 })
    const killed = await drain(scene, ['--rate', '6k'], { SPILLWAY_FAILPOINT: name })
    expect(killed.signal).toBe('SIGKILL')
    const resumed = await run(scene, ['resume', await runOf(scene), '--output', 'json'])
    expect(resumed.code, resumed.stderr).toBe(0)
    const told = document(resumed)
    expect(told).toMatchObject({ state: 'complete', balanced: true })
    const copies = bodiesOf((await inLanes(scene.queue)).flat())
    expect(sorted([...new Set(copies)])).toEqual(scene.bodies)
    expect(copies.length - scene.bodies.length).toBeLessThanOrEqual(Number(told.duplicatesAtMost))
    expect(await ready(scene.queue)).toBe(0)
  })
})

describe('what refuses a drain', () => {
  it('another runner at work, with 4', async () => {
    const scene = await aQueue({ messages: 2000 })
    const first = slowly(scene, '50')
    await expect.poll(async () => (await lanesOf(scene.queue)).length, { timeout: 60_000 }).toBe(10)
    const second = await drain({ ...scene, home: await aHome() })
    expect(second.code).toBe(4)
    expect(document(second)).toMatchObject({ error: { code: 'claimed' } })
    first.child.kill('SIGINT')
    const ended = await first.finished
    expect(ended.code).toBe(130)
    expect(document(ended)).toMatchObject({ state: 'stopped', balanced: true })
    const resumed = await run(scene, ['resume', await runOf(scene), '--rate', '100k', '--output', 'json'])
    expect(document(resumed)).toMatchObject({ state: 'complete', duplicatesAtMost: '0', ledger: { read: '2000' } })
  })

  it('a consumer of the source, with 4; the dry run lists it and exits 0', async () => {
    const scene = await aQueue({ messages: 10 })
    const channel = await model.createChannel()
    await channel.prefetch(1)
    await channel.consume(scene.queue, () => undefined)
    const dry = await run(scene, ['drain', scene.source, '--output', 'json'])
    expect(dry.code).toBe(0)
    expect(document(dry).plan.refusals.join()).toContain('consumer')
    const refused = await drain(scene)
    expect(refused.code).toBe(4)
    await channel.close()
    expect(await readdir(scene.home)).not.toContain('runs')
  })

  it('a queue that is not there, a wrong password, a port where nobody listens: with 2', async () => {
    const scene = await aQueue({ messages: 1 })
    const cases = [
      [`${rabbit.url}/${VHOST}/${scene.queue}x`, 'no-queue'],
      [`amqp://guest:wrong@127.0.0.1:${rabbit.amqpPort}/${VHOST}/${scene.queue}`, 'credentials'],
      [`${rabbit.url}/nowhere/${scene.queue}`, 'no-vhost'],
      [`amqp://127.0.0.1:1/${VHOST}/${scene.queue}`, 'unreachable'],
    ] as const
    for (const [source, code] of cases) {
      const said = await run(scene, ['drain', source, ...GO])
      expect([source, said.code]).toEqual([source, 2])
      expect(document(said).error.code).toBe(code)
      expect(said.stdout + said.stderr).not.toContain('wrong@')
    }
  })
})

describe('steering a drain', () => {
  it('a canary stops at exactly N, and resume moves the rest', async () => {
    const scene = await aQueue({ messages: 500 })
    const canary = document(await drain(scene, ['--first', '100']))
    expect(canary).toMatchObject({ state: 'stopped', reason: 'canary', ledger: { read: '100', written: '100' } })
    expect(bodiesOf((await inLanes(scene.queue)).flat())).toHaveLength(100)
    const rest = document(await run(scene, ['resume', await runOf(scene), '--output', 'json']))
    expect(rest).toMatchObject({ state: 'complete', ledger: { read: '500', written: '500' }, duplicatesAtMost: '0' })
    expect(sorted(bodiesOf((await inLanes(scene.queue)).flat()))).toEqual(scene.bodies)
  })

  it('holds when a consumer appears, until it is resumed', async () => {
    const scene = await aQueue({ type: 'quorum', messages: 4000 })
    const running = slowly(scene, '400')
    await expect.poll(async () => (await lanesOf(scene.queue)).length, { timeout: 60_000 }).toBe(10)
    const id = await runOf(scene)
    const channel = await model.createChannel()
    await channel.prefetch(1)
    await channel.consume(scene.queue, () => undefined)
    const state = async () => document(await spillway(['status', id, '--output', 'json'], scene)).state
    await expect.poll(state, { timeout: 60_000 }).toBe('held')
    await channel.close()
    expect((await spillway(['set', id, 'rate=unlimited'], scene)).code).toBe(0)
    expect((await run(scene, ['resume', id])).code).toBe(0)
    const ended = await running.finished
    expect(document(ended)).toMatchObject({ state: 'complete', balanced: true })
  })

  it('saves a plan, shows it against the queue of now, and runs it', async () => {
    const scene = await aQueue({ messages: 300 })
    const file = join(scene.home, 'plan.json')
    expect((await run(scene, ['drain', scene.source, '--save', file, '--lanes', '3'])).code).toBe(0)
    expect(await readFile(file, 'utf8')).not.toContain('guest:')
    const shown = await run(scene, ['apply', file])
    expect(shown.stdout).toContain('planned / now')
    const applied = await run(scene, ['apply', file, ...GO])
    expect(document(applied)).toMatchObject({ state: 'complete', ledger: { read: '300' } })
    expect(await lanesOf(scene.queue)).toHaveLength(3)
    expect((await run(scene, ['apply', file, ...GO])).code).toBe(4)
    const traces = async () =>
      document(await run(scene, ['runs', '--cluster', `${rabbit.url}/${VHOST}`, '--output', 'json']))
    const trace = { queue: scene.queue, temporaryQueues: 3, messages: '300', folderHere: true }
    // The management API counts by the second.
    await expect.poll(traces, { timeout: 60_000 }).toContainEqual(expect.objectContaining(trace))
  })
})
