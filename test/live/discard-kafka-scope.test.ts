import { Kafka, logLevel } from 'kafkajs'
import { describe, expect, inject, it } from 'vitest'
import { commitOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { complete, discard, keptExactly, standing } from './discard-kafka-harness.js'
import { aBacklog, onLink, type Scene, told } from './fault-harness.js'

const broker = inject('kafka41')
const MINUTE = 60_000

/** A topic of one partition whose records are `ages` minutes old; -1 has no time. The group has read `read` of them. */
async function aTopicOfAges(ages: readonly number[], read = 0): Promise<Scene> {
  const scene = await aBacklog(broker, { records: 1, partitions: 1 })
  const client = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING })
  const producer = client.producer()
  await producer.connect()
  const messages = ages.map((age, at) => ({
    value: `m${at}`,
    timestamp: String(age < 0 ? -1 : Date.now() - age * MINUTE),
  }))
  await producer.send({ topic: scene.topic, messages })
  await producer.disconnect()
  const entries = [{ partition: 0, offset: 1 + read, metadata: '' }]
  await onLink(broker, link => commitOffsets(link, scene.group, scene.topic, entries))
  return { ...scene, records: ages.length }
}

const at = async (scene: Scene) => (await standing(scene))[0]

describe('a discard of what is older', () => {
  it('ends before the first record that is not, though older ones follow', async () => {
    const scene = await aTopicOfAges([180, 170, 160, 90, 200, 10])
    const envelope = complete(await discard(scene, ['--older-than', '2h']))
    expect(envelope.ledger.dropped).toBe('3')
    expect(await at(scene)).toEqual({ offset: 4, metadata: '' })
    await keptExactly(scene, envelope)
  })

  it('takes the same prefix by an instant with a zone', async () => {
    const scene = await aTopicOfAges([180, 170, 160, 90])
    const until = new Date(Date.now() - 120 * MINUTE).toISOString()
    expect(complete(await discard(scene, ['--until', until, '--no-archive'])).ledger.dropped).toBe('3')
    expect(await at(scene)).toEqual({ offset: 4, metadata: '' })
  })

  it('looks at the records themselves where one that was read already is as late', async () => {
    const scene = await aTopicOfAges([5, 180, 170, 90, 200], 1)
    expect(complete(await discard(scene, ['--older-than', '2h'])).ledger.dropped).toBe('2')
    expect(await at(scene)).toEqual({ offset: 4, metadata: '' })
  })

  it.each([
    ['nothing is', [10, 5], '0', 1],
    ['everything is', [300, 200, 150], '3', 4],
  ])('is complete where %s', async (_, ages, dropped, offset) => {
    const scene = await aTopicOfAges(ages)
    expect(complete(await discard(scene, ['--older-than', '2h'])).ledger.dropped).toBe(dropped)
    expect(await at(scene)).toEqual({ offset, metadata: '' })
  })

  it.each([
    ['with an archive', []],
    ['without', ['--no-archive']],
  ])('stops with 4 at a record without a timestamp, after all before it, %s', async (_, flags) => {
    const scene = await aTopicOfAges([180, 170, -1, 160])
    const finished = await discard(scene, ['--older-than', '2h', ...flags])
    expect(finished.code, finished.stdout + finished.stderr).toBe(4)
    const { error, ledger, balanced } = told(finished)
    expect(error).toMatchObject({ code: 'no-timestamp', message: expect.stringContaining('offset 3') })
    expect({ balanced, dropped: ledger.dropped }).toEqual({ balanced: true, dropped: '2' })
    expect((await at(scene))?.offset).toBe(3)
  })
})
