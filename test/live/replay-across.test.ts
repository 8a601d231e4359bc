import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { aBacklog } from './fault-harness.js'
import { type Finished, java, spillway } from './kafka-lab.js'
import { aQueue, bodiesOf, GO, model, rabbit, ready, run, VHOST } from './rabbit-harness.js'
import { witness } from './rabbit-lab.js'
import { aTarget, ended, expectSameRecords, letGo, replay } from './replay-kafka-harness.js'

const broker = inject('kafka41')
const READ = fileURLToPath(new URL('../tools/Read.java', import.meta.url))

type Record = { key: string | null; value: string | null; headers: [name: string, value: string | null][] }

const plain = (base64: string | null | undefined): string => Buffer.from(base64 ?? '', 'base64').toString()

/** Every record of a topic, read with Kafka's own client; names and values of headers as text. */
async function recordsOf(
  topic: string,
): Promise<{ key: string; value: string; headers: { [name: string]: string } }[]> {
  const { code, stdout, stderr } = await java(broker, READ, [broker.brokers.join(','), topic, 'nobody'])
  expect(code, stderr).toBe(0)
  const lines = stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Record)
  return lines.map(({ key, value, headers }) => ({
    key: plain(key),
    value: plain(value),
    headers: Object.fromEntries(headers.map(([name, content]) => [plain(name), plain(content)])),
  }))
}

/** A handler that refuses everything, so that all is parked. */
async function aRefuser(): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'spillway-refuser-')), 'refuse.mjs')
  await writeFile(file, `export default async () => { throw new Error('no thanks') }\n`)
  return file
}

const parking = ['--retries', '0', '--consumers-stopped', ...GO]
const parkedBy = (finished: Finished) => {
  expect(finished.code, finished.stdout + finished.stderr).toBe(3)
  return JSON.parse(finished.stdout).run as string
}

describe('a replay from one system into the other', () => {
  it('carries records of Kafka to a queue, with key, id and headers', async () => {
    const scene = await letGo(broker, { records: 40, partitions: 1, headers: 2, nullValues: 0.2 })
    const queue = `from-kafka-${randomUUID().slice(0, 8)}`
    const channel = await model.createChannel()
    await channel.assertQueue(queue)
    await channel.close()
    const envelope = ended(await replay({ ...scene, to: `${rabbit.url}/${VHOST}/${queue}` }))
    expect(envelope).toMatchObject({ ledger: { read: '40', written: '40' }, balanced: true })
    const [sent, again] = [await recordsOf(scene.topic), await witness(rabbit, queue, { vhost: VHOST })]
    expect(bodiesOf(again)).toEqual(sent.map(({ value }) => value))
    const headers = again.map(each => Object.fromEntries((each.headers ?? []).map(([name, , value]) => [name, value])))
    expect(headers.map(each => each['x-spillway-key'])).toEqual(sent.map(({ key }) => key))
    expect(headers.map(each => each['x-spillway-id'])).toEqual(sent.map((_, at) => `${scene.topic}/0/${at}`))
  })

  it('carries messages of a queue to a topic, by routing key', async () => {
    const scene = await aQueue({ messages: 40 })
    const done = await run(scene, ['discard', scene.source, '--all', '--confirm', scene.queue, ...GO])
    const { run: id } = ended(done)
    const topic = await aTarget({ broker, topic: `from-rabbit-${randomUUID().slice(0, 8)}` }, { partitions: 2 })
    const envelope = ended(
      await spillway(['replay', `archive:${id}`, '--to', `${broker.url}/${topic}`, ...GO], { home: scene.home }),
    )
    expect(envelope).toMatchObject({ ledger: { read: '40', written: '40' }, balanced: true })
    const again = await recordsOf(topic)
    expect(again.map(({ value }) => value).sort((a, b) => Number(a) - Number(b))).toEqual(scene.bodies)
    for (const { key, value, headers } of again) {
      expect(key).toBe(`k${Number(value) % 10}`)
      expect(headers).toMatchObject({ 'amqp.message-id': value, 'amqp.routing-key': key })
    }
  })
})

describe('a replay of parked messages', () => {
  it('of a topic sends them as they were, and to where they came from', async () => {
    const scene = await aBacklog(broker, { records: 60, headers: 3, nullKeys: 0.1, nullValues: 0.1, codec: 'zstd' })
    const handed = await spillway(['fanout', scene.source, '--module', await aRefuser(), ...parking], {
      home: scene.home,
    })
    const id = parkedBy(handed)
    const target = await aTarget(scene)
    const to = (place: string) => spillway(['replay', `parked:${id}`, '--to', place, ...GO], { home: scene.home })
    const envelope = ended(await to(`${broker.url}/${target}`))
    expect(envelope).toMatchObject({ ledger: { read: '60', written: '60', parked: '0' }, balanced: true })
    await expectSameRecords({ ...scene, target })
    expect(ended(await to('origin'))).toMatchObject({ target: 'origin', ledger: { written: '60' } })
    expect(await recordsOf(scene.topic)).toHaveLength(120)
  })

  it('of a queue sends them with every property as it was; what comes back again and again is parked at last', async () => {
    const scene = await aQueue({ messages: 0 })
    const channel = await model.createConfirmChannel()
    const headers = { number: 7, real: 1.5, yes: true, list: [1, 'two'], table: { deep: { x: 1 } } }
    for (const messageId of ['a', 'b'])
      channel.publish(`${scene.queue}.in`, 'rich', Buffer.from('{}'), {
        messageId,
        headers,
        priority: 2,
        expiration: '3600000',
      })
    await channel.waitForConfirms()
    await channel.close()
    const sent = await witness(rabbit, scene.queue, { vhost: VHOST, mode: 'peek' })
    const refuse = await aRefuser()
    const fanout = () => run(scene, ['fanout', scene.source, '--module', refuse, ...parking])
    let id = parkedBy(await fanout())
    const again = (flags: readonly string[]) =>
      run(scene, ['replay', `parked:${id}`, '--to', 'origin', ...GO, ...flags])
    expect(ended(await again([]))).toMatchObject({ ledger: { read: '2', written: '2' }, duplicatesAtMost: '0' })
    const seen = await witness(rabbit, scene.queue, { vhost: VHOST, mode: 'peek' })
    const kept = ({ body, properties, headers: all }: (typeof sent)[number]) => ({ body, properties, all })
    expect(seen.map(kept)).toEqual(sent.map(kept))
    id = parkedBy(await fanout())
    ended(await again(['--provenance']))
    id = parkedBy(await fanout())
    const last = ended(await again(['--max-replays', '1']), 3)
    expect(last).toMatchObject({ state: 'complete', ledger: { read: '2', written: '0', parked: '2' }, balanced: true })
    expect(await ready(scene.queue)).toBe(0)
    const parked = await readFile(join(scene.home, 'runs', last.run, 'parked.ndjson'), 'utf8')
    expect(JSON.parse(parked.split('\n')[0] ?? '')).toMatchObject({
      id: 'a',
      reason: expect.stringContaining('replayed 1 times'),
    })
    id = last.run
    expect(ended(await again([]))).toMatchObject({ ledger: { read: '2', written: '2' } })
  })
})
