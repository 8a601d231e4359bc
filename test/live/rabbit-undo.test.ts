import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChannelModel, connect } from 'amqplib'
import { describe, expect, it } from 'vitest'
import { spawnSpillway, spillway } from './kafka-lab.js'
import {
  aQueue,
  bodiesOf,
  document,
  drain,
  GO,
  lanesOf,
  model,
  rabbit,
  ready,
  run,
  runOf,
  type Scene,
  sorted,
  VHOST,
} from './rabbit-harness.js'
import { api, witness } from './rabbit-lab.js'

const POLL = { timeout: 60_000 }
const UNDO = ['--undo', '--execute', '--yes', '--output', 'json']
const undo = async (scene: Scene, env: Record<string, string> = {}) =>
  run(scene, ['restore', await runOf(scene), ...UNDO], env)
const journalOf = async (scene: Scene): Promise<{ type: string; at: string; step?: string }[]> => {
  const journal = await readFile(join(scene.home, 'runs', await runOf(scene), 'journal.ndjson'), 'utf8')
  return journal.split('\n').flatMap(line => (line.endsWith('}') ? [JSON.parse(line)] : []))
}
const begun = async (scene: Scene): Promise<number> =>
  (await journalOf(scene)).filter(({ step }) => step === 'begun').length
/** Keys whose messages did not come back in their order; of a message that is there twice the first counts. */
const outOfOrder = (bodies: readonly string[]): string[] => {
  const last = new Map<number, number>()
  return [...new Set(bodies)].filter(body => {
    const [number, key] = [Number(body), Number(body) % 10]
    const isLate = (last.get(key) ?? -1) > number
    last.set(key, number)
    return isLate
  })
}
/** A dead runner whose connection the server still believes in: it holds the lock of a lane, and all that is in it. */
const halfDead = async (lane: string): Promise<ChannelModel> => {
  const dead = await connect(`${rabbit.url}/${VHOST}`)
  const channel = await dead.createChannel()
  await channel.assertQueue(`spillway.lock.${lane}`, { exclusive: true, durable: false, autoDelete: false })
  const waiting = await ready(lane)
  let held = 0
  const { consumerTag } = await channel.consume(lane, () => void held++, { consumerTag: `spillway-${lane}` })
  await expect.poll(() => held, POLL).toBe(waiting)
  await channel.cancel(consumerTag)
  return dead
}
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

  it.each(['classic', 'quorum'] as const)(
    'of a %s queue that is killed half-way goes on where it was, each key in its order',
    async type => {
      const scene = await aQueue({ type, messages: 600 })
      expect((await drain(scene, ['--key', 'routing-key', '--lanes', '3'])).code).toBe(0)
      for (const name of ['before-ack:4', 'after-publish:2'])
        expect((await undo(scene, { SPILLWAY_FAILPOINT: name })).signal).toBe('SIGKILL')
      const done = await undo(scene)
      expect(done.code, done.stderr).toBe(0)
      const back = await inSource(scene)
      expect(sorted([...new Set(back)])).toEqual(scene.bodies)
      expect(outOfOrder(back)).toEqual([])
    },
  )

  it.each(['classic', 'quorum'] as const)(
    'of a %s queue waits for what a killed one holds, as long as the server has not noticed its death',
    async type => {
      const scene = await aQueue({ type, messages: 60 })
      expect((await drain(scene, ['--key', 'routing-key', '--lanes', '2'])).code).toBe(0)
      expect((await undo(scene, { SPILLWAY_FAILPOINT: 'before-publish' })).signal).toBe('SIGKILL')
      const lanes = await lanesOf(scene.queue)
      await expect.poll(async () => (await Promise.all(lanes.map(ready))).reduce((a, b) => a + b), POLL).toBe(60)
      const dead = await Promise.all(lanes.map(halfDead))
      const args = ['restore', await runOf(scene), ...UNDO, '--management', rabbit.managementUrl]
      const second = spawnSpillway(args, scene)
      await expect.poll(() => begun(scene), POLL).toBe(2)
      // What does not wait takes no longer than this to go on without the messages.
      await Promise.race([second.finished, new Promise(resolve => setTimeout(resolve, 3000))])
      for (const each of dead) await each.close()
      const done = await second.finished
      const back = await inSource(scene)
      expect(sorted([...new Set(back)])).toEqual(scene.bodies)
      expect(outOfOrder(back)).toEqual([])
      expect(done.code, done.stderr).toBe(0)
    },
  )

  it('goes no faster than --rate', async () => {
    const scene = await aQueue({ messages: 150 })
    expect((await drain(scene, ['--lanes', '3'])).code).toBe(0)
    const paced = ['restore', await runOf(scene), '--undo', '--rate', '50']
    expect((await run(scene, paced)).stdout).toContain('--rate 50 --undo --execute')
    expect((await run(scene, [...paced, '--execute', '--yes'])).code).toBe(0)
    expect(sorted(await inSource(scene))).toEqual(scene.bodies)
    const steps = (await journalOf(scene)).filter(({ type }) => type === 'restored')
    const at = (step: string) => Date.parse(steps.find(each => each.step === step)?.at ?? '')
    expect(at('messages') - at('begun')).toBeGreaterThan(2000)
  })

  it('is refused while somebody has taken messages of a lane and not acked them', async () => {
    const scene = await aQueue({ messages: 20 })
    expect((await drain(scene, ['--lanes', '1'])).code).toBe(0)
    const [lane = ''] = await lanesOf(scene.queue)
    const channel = await model.createChannel()
    await channel.get(lane)
    const unacked = async () =>
      ((await api(rabbit, `queues/${VHOST}/${lane}`)) as Record<string, unknown>).messages_unacknowledged
    await expect.poll(unacked, POLL).toBe(1)
    const refused = await undo(scene)
    expect(refused.code).toBe(4)
    expect(document(refused).error.message).toContain('not acked')
    await channel.close()
    expect((await undo(scene)).code).toBe(0)
    expect(sorted(await inSource(scene))).toEqual(scene.bodies)
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
