import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { spillway } from './kafka-lab.js'
import {
  aQueue,
  bodiesOf,
  document,
  drain,
  GO,
  lanesOf,
  model,
  rabbit,
  run,
  runOf,
  type Scene,
  sorted,
  VHOST,
} from './rabbit-harness.js'
import { witness } from './rabbit-lab.js'

const UNDO = ['--undo', '--execute', '--yes', '--output', 'json']
const undo = async (scene: Scene, env: Record<string, string> = {}) =>
  run(scene, ['restore', await runOf(scene), ...UNDO], env)
const inSource = async ({ queue }: Scene) => bodiesOf(await witness(rabbit, queue, { vhost: VHOST }))

describe('an undo', () => {
  it.each(['before-publish:3', 'before-ack:2', 'after-give-back', 'before-delete-lanes', 'after-delete-lanes'])(
    'that is killed at %s is finished by the same command',
    async name => {
      const scene = await aQueue({ messages: 300 })
      expect((await drain(scene, ['--lanes', '3'])).code).toBe(0)
      expect((await undo(scene, { SPILLWAY_FAILPOINT: name })).signal).toBe('SIGKILL')
      const done = await undo(scene)
      expect(done.code, done.stderr).toBe(0)
      expect(document(done)).toMatchObject({ state: 'undone', restore: { how: 'undo', stage: 'done' } })
      expect(await lanesOf(scene.queue)).toEqual([])
      const back = await inSource(scene)
      expect(sorted([...new Set(back)])).toEqual(scene.bodies)
      expect(back.length - scene.bodies.length).toBeLessThanOrEqual(Number(document(done).duplicatesAtMost))
    },
  )

  it('tells what was doubled in a lane that a killed one had emptied', async () => {
    const scene = await aQueue({ messages: 40 })
    expect((await drain(scene, ['--lanes', '1'])).code).toBe(0)
    for (const name of ['before-ack', 'after-ack'])
      expect((await undo(scene, { SPILLWAY_FAILPOINT: name })).signal).toBe('SIGKILL')
    const done = await undo(scene)
    expect(done.code, done.stderr).toBe(0)
    const bodies = await inSource(scene)
    expect(sorted([...new Set(bodies)])).toEqual(scene.bodies)
    expect(bodies.length - scene.bodies.length).toBeGreaterThan(0)
    const { stdout } = await run(scene, ['report', await runOf(scene), '--output', 'json'])
    expect(Number(JSON.parse(stdout).duplicatesAtMost)).toBeGreaterThanOrEqual(bodies.length - scene.bodies.length)
  })

  it('of a stopped run gives back what was moved, behind what was not', async () => {
    const scene = await aQueue({ messages: 100 })
    expect(document(await drain(scene, ['--first', '40']))).toMatchObject({ state: 'stopped' })
    expect((await undo(scene)).code).toBe(0)
    expect(sorted(await inSource(scene))).toEqual(scene.bodies)
  })

  it('of an ordered queue is refused while messages wait in it', async () => {
    const scene = await aQueue({ messages: 20 })
    expect((await drain(scene, ['--key', 'routing-key'])).code).toBe(0)
    const channel = await model.createConfirmChannel()
    channel.publish(`${scene.queue}.in`, 'k1', Buffer.from('20'))
    await channel.waitForConfirms()
    const refused = await undo(scene)
    expect(refused.code).toBe(4)
    expect(document(refused).error.message).toContain('its order would be lost')
    await channel.purgeQueue(scene.queue)
    await channel.close()
    expect((await undo(scene)).code).toBe(0)
    expect(sorted(await inSource(scene))).toEqual(scene.bodies)
  })
})

describe('a restore', () => {
  it('that is killed with its queues gone is finished by the same command', async () => {
    const scene = await aQueue({ messages: 30 })
    expect((await drain(scene, ['--lanes', '2'])).code).toBe(0)
    for (const lane of await lanesOf(scene.queue)) await witness(rabbit, lane, { vhost: VHOST })
    const args = ['restore', await runOf(scene), ...GO]
    expect((await run(scene, args, { SPILLWAY_FAILPOINT: 'after-delete-lanes' })).signal).toBe('SIGKILL')
    const done = await run(scene, args)
    expect(done.code, done.stderr).toBe(0)
    expect(document(done)).toMatchObject({ originals: 'may start' })
  })

  it('is refused while somebody reads a lane', async () => {
    const scene = await aQueue({ messages: 2 })
    expect((await drain(scene, ['--lanes', '1'])).code).toBe(0)
    const [lane = ''] = await lanesOf(scene.queue)
    const channel = await model.createChannel()
    await channel.consume(lane, message => message !== null && channel.ack(message))
    const refused = await run(scene, ['restore', await runOf(scene), ...GO])
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain('consumers')
    await channel.close()
    expect((await run(scene, ['restore', await runOf(scene), ...GO, '--wait', '10s'])).code).toBe(0)
  })
})

describe('a named cluster', () => {
  it('gives NAME/QUEUE, and its password comes from the environment', async () => {
    const scene = await aQueue({ messages: 10 })
    const folder = await mkdtemp(join(tmpdir(), 'spillway-rabbit-'))
    const config = join(folder, 'spillway.yaml')
    const url = rabbit.url.replace(/\/\/[^@]*@/, '//guest:${RABBIT}@')
    const lines = ['clusters:', '  mq:', `    url: "${url}/${VHOST}"`, `    management: ${rabbit.managementUrl}`]
    await writeFile(config, `${lines.join('\n')}\n`)
    const options = { home: scene.home, env: { RABBIT: 'guest' } }
    const told = await spillway(['drain', `mq/${scene.queue}`, '--config', config, ...GO], options)
    expect(told.code, told.stderr).toBe(0)
    expect(document(told)).toMatchObject({ state: 'complete', source: `mq/${scene.queue}` })
    const report = await spillway(['report', await runOf(scene), '--config', config, '--output', 'json'], options)
    expect(document(report)).toMatchObject({ originals: 'keep stopped (10 unread in lanes)' })
    const wrong = await spillway(['drain', `mq/${scene.queue}?group=g`, '--config', config], options)
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('a queue has no group')
  })

  it('works without a management API, and says what it does not know', async () => {
    const scene = await aQueue({ messages: 10 })
    const nowhere = ['--management', 'http://127.0.0.1:1']
    const plan = await spillway(['drain', scene.source, ...nowhere], scene)
    expect(plan.stdout).toContain('Without the management API')
    const told = await spillway(['drain', scene.source, ...GO, ...nowhere], scene)
    expect(document(told)).toMatchObject({ state: 'complete', ledger: { read: '10' } })
    const verified = await spillway(['report', await runOf(scene), '--verify', ...nowhere], scene)
    expect(verified.code).toBe(2)
    const traces = await spillway(
      ['runs', '--cluster', `${rabbit.url}/${VHOST}`, '--output', 'json', ...nowhere],
      scene,
    )
    expect(document(traces)).toMatchObject([{ queue: scene.queue, temporaryQueues: 10, messages: '10' }])
  })
})
