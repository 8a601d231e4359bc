import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCoordinator } from '../../src/brokers/kafka/admin/coordinator.js'
import { describeTopic } from '../../src/brokers/kafka/admin/topics.js'
import { transactionalId } from '../../src/brokers/kafka/relay/transactional-id.js'
import type { KafkaLab } from '../../src/lab/kafka/options.js'
import { aBacklog, exactlyOnce, journalled, onLink, type Scene, startDrain, told, underWay } from './fault-harness.js'
import { type Running, startOwn } from './kafka-lab.js'

const RATE = ['--rate', '1500']

/** Fails unless the drain completes exactly once; resolves with what it told. */
async function completes(scene: Scene, running: Running) {
  const finished = await running.finished
  expect(finished.code, finished.stdout + finished.stderr).toBe(0)
  const done = told(finished)
  expect({ state: done.state, balanced: done.balanced, read: done.ledger.read }).toEqual({
    state: 'complete',
    balanced: true,
    read: String(scene.records),
  })
  await exactlyOnce(scene, done.run)
  return done
}

describe.each(['4.1', '3.9'] as const)('one broker of Kafka %s that restarts during a drain', version => {
  let lab: KafkaLab
  beforeAll(async () => {
    lab = await startOwn({ version })
  })
  afterAll(() => lab.stop())

  it.each(['SIGTERM', 'SIGKILL'] as const)('holds with the reason, goes on, exactly once (%s)', async signal => {
    const scene = await aBacklog(lab, { records: 15_000 })
    const running = startDrain(scene, RATE)
    await underWay(scene)
    await lab.stopNode(1, signal)
    await journalled(scene, event => event.type === 'held' && String(event.reason).startsWith('broker: '))
    await lab.startNode(1)
    await completes(scene, running)
  })

  it('frozen for longer than a transaction may last: goes on, exactly once', async () => {
    const scene = await aBacklog(lab, { records: 15_000 })
    const running = startDrain(scene, RATE)
    await underWay(scene)
    await lab.stopNode(1, 'SIGSTOP')
    await sleep(18_000)
    await lab.stopNode(1, 'SIGCONT')
    await completes(scene, running)
  })

  it('a drain frozen for longer than its transactions may last: goes on, exactly once', async () => {
    const scene = await aBacklog(lab, { records: 30_000 })
    const running = startDrain(scene, ['--rate', '3000'])
    await underWay(scene)
    running.child.kill('SIGSTOP')
    await sleep(20_000)
    running.child.kill('SIGCONT')
    await completes(scene, running)
  })
})

describe('three brokers during a drain', () => {
  let lab: KafkaLab
  beforeAll(async () => {
    lab = await startOwn({ brokers: 3 })
  })
  afterAll(() => lab.stop())

  const backlog = () =>
    aBacklog(lab, { records: 15_000, replication: 3, topicSettings: { 'min.insync.replicas': '2' } })

  it('the leader of a partition is killed: goes on with the next, exactly once', async () => {
    const scene = await backlog()
    const running = startDrain(scene, RATE)
    await underWay(scene)
    const topic = await onLink(lab, link => describeTopic(link, scene.topic))
    const leader = topic?.partitions[0]?.leader ?? 0
    await lab.stopNode(leader, 'SIGKILL')
    await completes(scene, running)
    await lab.startNode(leader)
  })

  it.each(['group', 'transaction'] as const)(
    'the coordinator of the %s is killed: goes on, exactly once',
    async kind => {
      const scene = await backlog()
      const running = startDrain(scene, RATE)
      await underWay(scene)
      const key = kind === 'group' ? scene.group : transactionalId(scene.group, scene.topic, 0)
      const node = await onLink(lab, link => findCoordinator(link, key, kind))
      await lab.stopNode(node, 'SIGKILL')
      await completes(scene, running)
      await lab.startNode(node)
    },
  )

  it('two of three are killed: holds with the reason until they are back, exactly once', async () => {
    const scene = await backlog()
    const running = startDrain(scene, RATE)
    await underWay(scene)
    for (const node of [2, 3]) await lab.stopNode(node, 'SIGKILL')
    await journalled(scene, event => event.type === 'held' && String(event.reason).startsWith('broker: '), 60_000)
    await sleep(20_000)
    expect(running.child.exitCode).toBe(null)
    for (const node of [2, 3]) await lab.startNode(node)
    await completes(scene, running)
  })
})
