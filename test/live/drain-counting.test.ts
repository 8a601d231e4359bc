import { describe, expect, inject, it } from 'vitest'
import { encodeBatch, records } from '../unit/brokers/kafka/records/a-batch.js'
import {
  append,
  aTopic,
  type Broker,
  drain,
  GO,
  positions,
  produce,
  type Scene,
  stableEnds,
  type Told,
  targetTopic,
  told,
  witness,
} from './drain-harness.js'
import { spawnSpillway, spillway } from './kafka-lab.js'

const here = () => inject('kafka41')
const other = () => inject('kafka39')

/** Fails unless the target holds each record once, at offsets without a gap: nothing but our records is in its log. */
async function expectCounted(scene: Scene, envelope: Told, at: { broker: Broker; ends: Record<string, number> }) {
  const args = ['--n', '6000']
  const before = await witness(scene.broker, scene.topic, args)
  const after = await witness(at.broker, targetTopic(envelope), args, 'read_uncommitted')
  const { records: count, sum, ids } = before
  expect(after).toMatchObject({ records: count, sum, ids, keysSplit: 0, outOfOrder: 0 })
  expect(Object.values(after.ends).reduce((all, end) => all + end, 0)).toBe(count)
  expect(envelope.ledger).toEqual({ read: `${count}`, written: `${count}`, parked: '0', dropped: '0' })
  expect(envelope).toMatchObject({ state: 'complete', balanced: true })
  expect(await positions(scene)).toEqual(at.ends)
}

const WAYS = [
  { name: 'to another cluster', broker: other, flags: (topic: string) => ['--to', `${other().url}/${topic}-copy`] },
  { name: 'within a cluster', broker: here, flags: () => ['--exactly-once', 'counting'] },
]

describe.each(WAYS)('counting $name', ({ broker, flags }) => {
  const backlog = async () => {
    const scene = await aTopic(here(), { partitions: 2 })
    await produce(scene, 'transactions', '--rounds', '5', '--records', '1000', '--transactional-id', scene.topic)
    await produce(scene, 'plain', '--records', '3000', '--first', '3000', '--codec', 'lz4', '--keys', '400')
    return { scene, ends: await stableEnds(scene, 2) }
  }

  it('copies each record once, with nothing else in the target', async () => {
    const { scene, ends } = await backlog()
    const envelope = await drain(scene, flags(scene.topic))
    await expectCounted(scene, envelope, { broker: broker(), ends })
  })

  it.each(['after-produce:2', 'before-commit:2'])('is exact after a kill at %s and a resume', async failpoint => {
    const { scene, ends } = await backlog()
    const env = { SPILLWAY_FAILPOINT: failpoint }
    const options = { home: scene.home, env }
    const args = ['drain', scene.source, ...GO, '--rate', '3000', ...flags(scene.topic)]
    expect(await spawnSpillway(args, options).finished).toMatchObject({ signal: 'SIGKILL' })
    const listed = await spillway(['runs', '--output', 'json'], { home: scene.home })
    const [run] = JSON.parse(listed.stdout) as Told[]
    const ended = await spillway(['resume', run?.run ?? '', '--output', 'json'], { home: scene.home })
    expect(ended.code, ended.stdout + ended.stderr).toBe(0)
    await expectCounted(scene, told(ended), { broker: broker(), ends })
  })

  it('stops with 4 when somebody else has written to the target', async () => {
    const { scene } = await backlog()
    const canary = await drain(scene, ['--first', '500', ...flags(scene.topic)])
    const target = { ...scene, broker: broker(), topic: targetTopic(canary) }
    await append(target, encodeBatch({ base: 0n, records: records(0) }), 3)
    const ended = await spillway(['resume', canary.run, '--output', 'json'], { home: scene.home })
    expect(ended.code, ended.stdout + ended.stderr).toBe(4)
    expect(told(ended)).toMatchObject({ state: 'failed', balanced: false, error: { code: 'foreign-write' } })
  })
})
