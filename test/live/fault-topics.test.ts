import { describe, expect, inject, it } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { deleteRecords, deleteTopic } from '../../src/brokers/kafka/admin/deletions.js'
import { listOffsets } from '../../src/brokers/kafka/admin/list-offsets.js'
import { describeTopic } from '../../src/brokers/kafka/admin/topics.js'
import {
  aBacklog,
  exactlyOnce,
  journalOf,
  onLink,
  positions,
  runOf,
  type Scene,
  startDrain,
  targetOf,
  told,
  underWay,
  witness,
} from './fault-harness.js'
import { java } from './kafka-lab.js'

const CONFIGS = 'kafka.admin.ConfigCommand'
const TOPICS = 'org.apache.kafka.tools.TopicCommand'
/** More than a lane reads ahead, so that what is removed is not in memory already. */
const LARGE = { records: 36_000, size: 2000, codec: 'none' as const }

const startsOf = ({ broker, topic }: Scene) =>
  onLink(broker, async link => {
    const found = await listOffsets(link, topic, [0, 1, 2], 'earliest')
    return [0, 1, 2].map(partition => found.get(partition)?.offset ?? -1)
  })

const lostOf = async (scene: Scene) =>
  (await journalOf(scene))
    .filter(event => event.type === 'lost')
    .map(event => ({ lane: Number(event.lane), from: Number(event.from), to: Number(event.to) }))

describe.each(['kafka41', 'kafka39'] as const)('a source topic of %s that changes during a drain', key => {
  const broker = inject(key)

  it('is gone: the run fails, and nothing makes it anew', async () => {
    const scene = await aBacklog(broker, { records: 15_000 })
    const running = startDrain(scene, ['--rate', '1000'])
    const run = await runOf(scene.home)
    await underWay(scene)
    await onLink(broker, link => deleteTopic(link, scene.topic))
    const finished = await running.finished
    expect(finished.code, finished.stdout).toBe(1)
    const { error, ledger } = told(finished)
    expect(error?.code).toBe('topic-gone')
    expect(await onLink(broker, link => describeTopic(link, scene.topic))).toBeUndefined()
    expect((await witness(scene, targetOf(scene, run))).records).toBe(Number(ledger.written))
  })

  it('was made anew under its name: the run fails and copies nothing of the new one', async () => {
    const scene = await aBacklog(broker, { records: 15_000 })
    const running = startDrain(scene, ['--rate', '1000'])
    const run = await runOf(scene.home)
    await underWay(scene)
    await onLink(broker, async link => {
      await deleteTopic(link, scene.topic)
      await createTopic(link, { name: scene.topic, partitions: 3, replication: 1, settings: {} })
    })
    const finished = await running.finished
    expect(finished.code, finished.stdout).toBe(1)
    expect(told(finished).error?.code, finished.stdout).toMatch(/topic-recreated|topic-gone/)
    expect((await witness(scene, targetOf(scene, run))).records).toBe(Number(told(finished).ledger.written))
  })

  it('grew: the run completes what was planned, and says so', async () => {
    const scene = await aBacklog(broker, { records: 12_000 })
    const running = startDrain(scene, ['--rate', '1000'])
    await underWay(scene)
    const grow = [
      '--bootstrap-server',
      broker.brokers.join(','),
      '--alter',
      '--topic',
      scene.topic,
      '--partitions',
      '5',
    ]
    expect((await java(broker, TOPICS, grow)).code).toBe(0)
    const finished = await running.finished
    expect(finished.code, finished.stdout).toBe(0)
    expect(told(finished).warnings.filter(warning => warning.includes('grew from 3 to 5'))).toHaveLength(1)
    await exactlyOnce(scene, told(finished).run)
  })

  it('lost the head of one partition to DeleteRecords: that one stops, the others finish', async () => {
    const scene = await aBacklog(broker, LARGE)
    const running = startDrain(scene, ['--rate', '3000'])
    const run = await runOf(scene.home)
    await underWay(scene)
    const cut = await onLink(broker, async link => {
      const end = (await listOffsets(link, scene.topic, [1], 'latest')).get(1)?.offset ?? 0
      await deleteRecords(link, scene.topic, new Map([[1, end - 10]]))
      return end - 10
    })
    const finished = await running.finished
    expect(finished.code, finished.stdout).toBe(1)
    const { error, state, balanced, lanes, ledger } = told(finished)
    expect({ state, balanced, code: error?.code }).toEqual({ state: 'failed', balanced: true, code: 'lost-range' })
    const at = await positions(scene)
    expect(await lostOf(scene)).toEqual([{ lane: 1, from: at[1], to: cut }])
    expect(error?.message).toContain(`[${at[1]}, ${cut})`)
    for (const lane of lanes.filter(each => each.lane !== '1')) expect(String(at[Number(lane.lane)])).toBe(lane.to)
    const { records, ids } = await witness(scene, targetOf(scene, run))
    expect({ records, twice: ids.twice }).toEqual({ records: Number(ledger.written), twice: 0 })
  })

  it('lost its head to retention: the exact ranges are named', async () => {
    const scene = await aBacklog(broker, { ...LARGE, topicSettings: { 'segment.bytes': '1048576' } })
    const running = startDrain(scene, ['--rate', '3000'])
    const run = await runOf(scene.home)
    await underWay(scene)
    const entity = ['--entity-type', 'topics', '--entity-name', scene.topic]
    const change = ['--alter', '--add-config', 'retention.bytes=1048576']
    expect(
      (await java(broker, CONFIGS, ['--bootstrap-server', broker.brokers.join(','), ...entity, ...change])).code,
    ).toBe(0)
    const finished = await running.finished
    expect(finished.code, finished.stdout).toBe(1)
    const [at, starts] = await Promise.all([positions(scene), startsOf(scene)])
    const lost = await lostOf(scene)
    expect(lost.length).toBeGreaterThan(0)
    for (const { lane, from, to } of lost) expect({ from, to }).toEqual({ from: at[lane], to: starts[lane] })
    const { records, ids } = await witness(scene, targetOf(scene, run))
    expect({ records, twice: ids.twice }).toEqual({ records: Number(told(finished).ledger.written), twice: 0 })
  })
})
