import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aHandler, type Call, expectInOrder } from './fanout-scene.js'
import { spawnSpillway, spillway } from './kafka-lab.js'
import {
  aQueue,
  bodiesOf,
  document,
  drain,
  GO,
  lanesOf,
  rabbit,
  ready,
  run,
  type Scene,
  VHOST,
} from './rabbit-harness.js'
import { witness } from './rabbit-lab.js'

const MESSAGES = 2000
const fanout = (scene: Scene, args: readonly string[]) => run(scene, ['fanout', ...args, ...GO])
const once = (calls: readonly Call[]) => {
  expect(new Set(calls.map(({ number }) => number)).size).toBe(MESSAGES)
  expect(calls).toHaveLength(MESSAGES)
}
const DONE = {
  verb: 'fanout',
  state: 'complete',
  ledger: { read: `${MESSAGES}`, written: `${MESSAGES}`, parked: '0', dropped: '0' },
  balanced: true,
  duplicatesAtMost: '0',
  originals: 'may start',
}

describe.each(['classic', 'quorum'] as const)('fanout on %s queues', type => {
  it('works the lanes of a drain in the order of each key; then the layout goes back', async () => {
    const scene = await aQueue({ type, messages: MESSAGES })
    const drained = document(await drain(scene, ['--lanes', '4', '--key', 'routing-key']))
    const handler = await aHandler()
    const ended = await fanout(scene, [drained.run, '--module', handler.file])
    expect(ended.code, ended.stderr + ended.stdout).toBe(0)
    expect(document(ended)).toMatchObject(DONE)
    const calls = await handler.calls()
    once(calls)
    expectInOrder(calls)
    const status = await spillway(['status', drained.run, '--output', 'json'], { home: scene.home })
    expect(document(status).originals).toBe('may start')
    expect((await run(scene, ['restore', drained.run, ...GO])).code).toBe(0)
    expect(await lanesOf(scene.queue)).toEqual([])
  })

  it('works the queue itself, as far as it was when it began', async () => {
    const scene = await aQueue({ type, messages: MESSAGES })
    const handler = await aHandler()
    const planned = document(await run(scene, ['fanout', scene.source, '--module', handler.file, '--output', 'json']))
    expect(planned).toMatchObject({ state: 'planned', originals: `keep stopped (${MESSAGES} unread in lanes)` })
    expect(await ready(scene.queue)).toBe(MESSAGES)
    const ended = await fanout(scene, [scene.source, '--module', handler.file])
    expect(ended.code, ended.stderr + ended.stdout).toBe(0)
    expect(document(ended)).toMatchObject(DONE)
    once(await handler.calls())
    expect(await ready(scene.queue)).toBe(0)
  })
})

describe('fanout on RabbitMQ', () => {
  it('loses nothing at SIGKILL, and says how much may have been seen twice', async () => {
    const scene = await aQueue({ messages: MESSAGES })
    const handler = await aHandler('await new Promise(resolve => setTimeout(resolve, 5))')
    const args = ['fanout', scene.source, '--module', handler.file, '--management', rabbit.managementUrl, ...GO]
    const running = spawnSpillway(args, { home: scene.home })
    await expect.poll(async () => (await handler.calls()).length, { timeout: 30_000 }).toBeGreaterThan(300)
    running.child.kill('SIGKILL')
    await running.finished
    const [id = ''] = await readdir(join(scene.home, 'runs'))
    const ended = await run(scene, ['resume', id, '--output', 'json'])
    expect(ended.code, ended.stderr + ended.stdout).toBe(0)
    const calls = await handler.calls()
    expect(new Set(calls.map(({ number }) => number)).size).toBe(MESSAGES)
    expect(calls.length - MESSAGES).toBeLessThanOrEqual(Number(document(ended).duplicatesAtMost))
  })

  it('parks into another queue, with reason and origin, and passes messages on to one', async () => {
    const [scene, other] = [await aQueue({ messages: 20 }), await aQueue({ messages: 0 })]
    const flags = ['--exec', 'echo broken >&2; exit 1', '--retries', '0', '--park', other.source]
    const ended = await fanout(scene, [scene.source, ...flags])
    expect(ended.code, ended.stderr + ended.stdout).toBe(3)
    expect(document(ended)).toMatchObject({ ledger: { parked: '20' } })
    const found = await witness(rabbit, other.queue, { vhost: VHOST, mode: 'peek' })
    expect(JSON.stringify(found)).toContain('spillway-reason')
    const back = await fanout(other, [other.source, '--to', scene.source])
    expect(back.code, back.stderr + back.stdout).toBe(0)
    expect(bodiesOf(await witness(rabbit, scene.queue, { vhost: VHOST })).sort()).toEqual([...scene.bodies].sort())
  })
})
