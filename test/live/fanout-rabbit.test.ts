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

type Reads = 'lanes by key' | 'lanes' | 'source'
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
  /** A fan-out at a pace that leaves a busy machine time to end it by a signal, and then carried on to its end. */
  async function interrupted(signal: NodeJS.Signals, type: 'classic' | 'quorum', reads: Reads) {
    const scene = await aQueue({ type, messages: MESSAGES })
    const key = reads === 'lanes by key' ? ['--key', 'routing-key'] : []
    const of = reads === 'source' ? '' : document(await drain(scene, ['--lanes', '4', ...key])).run
    const handler = await aHandler('await new Promise(resolve => setTimeout(resolve, 5))')
    const args = ['fanout', of || scene.source, '--module', handler.file, '--rate', '100']
    const running = spawnSpillway([...args, '--management', rabbit.managementUrl, ...GO], { home: scene.home })
    await expect.poll(async () => (await handler.calls()).length, { timeout: 60_000 }).toBeGreaterThan(200)
    running.child.kill(signal)
    const stopped = await running.finished
    const [id = ''] = (await readdir(join(scene.home, 'runs'))).filter(each => each !== of && !each.startsWith('.'))
    const ended = await run(scene, ['resume', id, '--rate', '100k', '--output', 'json'])
    expect(ended.code, ended.stderr + ended.stdout).toBe(0)
    return { stopped, told: document(ended), calls: await handler.calls() }
  }

  it.each([
    ['classic', 'lanes by key'],
    ['classic', 'lanes'],
    ['classic', 'source'],
    ['quorum', 'lanes by key'],
    ['quorum', 'lanes'],
  ] as const)('handles each message once over a stop in order, and doubts none: %s, %s', async (type, reads) => {
    const { stopped, told, calls } = await interrupted('SIGINT', type, reads)
    expect(document(stopped)).toMatchObject({ state: 'stopped', duplicatesAtMost: '0' })
    expect(told).toMatchObject(DONE)
    once(calls)
  })

  it.each([
    ['classic', 'lanes by key'],
    ['quorum', 'lanes'],
    ['classic', 'source'],
  ] as const)(
    'loses nothing at SIGKILL, has all in its sheet, and says how much may have been seen twice: %s, %s',
    async (type, reads) => {
      const { told, calls } = await interrupted('SIGKILL', type, reads)
      expect(new Set(calls.map(({ number }) => number)).size).toBe(MESSAGES)
      expect(calls.length - MESSAGES).toBeLessThanOrEqual(Number(told.duplicatesAtMost))
      expect(told).toMatchObject({ ledger: { read: `${MESSAGES}` }, balanced: true })
      if (reads !== 'source') expect(told.warnings.join()).not.toContain('acked but not journalled')
    },
  )

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
