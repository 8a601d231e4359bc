import type { Channel, Options } from 'amqplib'
import { describe, expect, it } from 'vitest'
import { spawnSpillway } from './kafka-lab.js'
import { killOften } from './kill-often.js'
import { aQueue, bodiesOf, document, GO, model, rabbit, ready, run, type Scene, VHOST } from './rabbit-harness.js'
import { type Witnessed, witness } from './rabbit-lab.js'

/** Properties and headers of every kind that applications use. */
const RICH: Options.Publish = {
  persistent: true,
  messageId: 'rich-1',
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  correlationId: 'c-1',
  replyTo: 'answers',
  expiration: '3600000',
  priority: 3,
  timestamp: 1_700_000_000,
  type: 'order.placed',
  appId: 'shop',
  headers: {
    text: 'größe',
    number: 7,
    big: 2 ** 40,
    real: 1.5,
    yes: true,
    none: null,
    bytes: Buffer.of(0, 255),
    list: [1, 'two', { three: 3 }],
    table: { nested: { deep: 'x' } },
  },
}

const onChannel = async (work: (channel: Channel) => Promise<void> | void): Promise<void> => {
  const channel = await model.createConfirmChannel()
  await work(channel)
  await channel.waitForConfirms()
  await channel.close()
}

/** Lets all of a queue go, and gives the id of the run. */
async function letGo(scene: Scene): Promise<string> {
  const done = await run(scene, ['discard', scene.source, '--all', '--confirm', scene.queue, ...GO])
  expect(done.code, done.stdout + done.stderr).toBe(0)
  expect(await ready(scene.queue)).toBe(0)
  return document(done).run
}

/** All but what no message keeps: how it came, and what the server says of deliveries. */
const asWritten = ({ body, routingKey: _, exchange: __, redelivered: ___, ...rest }: Witnessed) => ({ body, ...rest })

const replay = (scene: Scene, from: string, flags: readonly string[]) => run(scene, ['replay', from, ...GO, ...flags])

describe('a replay of the archive of a queue', () => {
  it('sends each message again, in order, with every property and header as it was', async () => {
    const scene = await aQueue({ messages: 300 })
    const large = Buffer.alloc(300_000, 'x')
    await onChannel(channel => {
      for (const body of [Buffer.from('{}'), Buffer.alloc(0), large])
        channel.publish(`${scene.queue}.in`, 'rich', body, RICH)
    })
    const sent = await witness(rabbit, scene.queue, { vhost: VHOST, mode: 'peek' })
    const id = await letGo(scene)
    const done = document(await replay(scene, `archive:${id}`, ['--to', 'origin']))
    expect(done).toMatchObject({
      verb: 'replay',
      source: `archive:${id}`,
      target: 'origin',
      state: 'complete',
      ledger: { read: '303', written: '303', parked: '0', dropped: '0' },
      balanced: true,
      duplicatesAtMost: '0',
      originals: 'may start',
    })
    const again = await witness(rabbit, scene.queue, { vhost: VHOST, mode: 'peek' })
    expect(again.map(asWritten)).toEqual(sent.map(asWritten))
  })

  it('sends what is asked for, counts the rest as skipped, and counts replays where that is asked for', async () => {
    const scene = await aQueue({ messages: 50 })
    const id = await letGo(scene)
    const dry = document(
      await run(scene, ['replay', `archive:${id}`, '--to', 'origin', '--only-key', 'k3', '--output', 'json']),
    )
    expect(dry).toMatchObject({ state: 'planned', plan: { expect: { messages: '5', messagesIsUpperBound: false } } })
    const sample = await run(scene, ['replay', `archive:${id}`, '--sample', '2', '--output', 'json'])
    expect(document(sample)).toMatchObject({ sample: [{ id: '0', key: 'k0', value: '0' }, { id: '1' }] })
    expect(await ready(scene.queue)).toBe(0)
    const some = document(await replay(scene, `archive:${id}`, ['--to', 'origin', '--only-key', 'k3', '--provenance']))
    expect(some).toMatchObject({ ledger: { read: '5', written: '5' }, skipped: '45', balanced: true })
    const again = await witness(rabbit, scene.queue, { vhost: VHOST })
    expect(bodiesOf(again)).toEqual(['3', '13', '23', '33', '43'])
    expect(again[0]?.headers).toEqual([
      ['x-replay-run', 'S', some.run],
      ['x-replay-count', 'S', '1'],
    ])
    const two = document(await replay(scene, `archive:${id}`, ['--to', 'origin', '--only-id', '7', '--only-id', '8']))
    expect(two).toMatchObject({ ledger: { read: '2', written: '2' }, skipped: '48' })
    expect(bodiesOf(await witness(rabbit, scene.queue, { vhost: VHOST }))).toEqual(['7', '8'])
  })

  it('loses nothing, killed twenty times, and says how much may be there twice', { timeout: 300_000 }, async () => {
    const scene = await aQueue({ messages: 6_000, type: 'quorum' })
    const id = await letGo(scene)
    const flags = ['--management', rabbit.managementUrl]
    const start = () =>
      spawnSpillway(['replay', `archive:${id}`, '--to', 'origin', ...GO, '--rate', '300', ...flags], {
        home: scene.home,
      })
    const done = await killOften({ start, home: scene.home, before: [id], kills: 20, rate: '300', flags })
    expect(done.code, done.stdout + done.stderr).toBe(0)
    const envelope = document(done)
    expect(envelope).toMatchObject({ ledger: { read: '6000', written: '6000' }, balanced: true })
    const again = bodiesOf(await witness(rabbit, scene.queue, { vhost: VHOST }))
    expect(new Set(again).size).toBe(6_000)
    expect(again.length - 6_000).toBeLessThanOrEqual(Number(envelope.duplicatesAtMost))
  })
})
