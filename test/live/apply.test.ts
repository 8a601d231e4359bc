import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { describe, expect, inject, it } from 'vitest'
import { aBacklog, exactlyOnce, newHome, picture, runsOf, type Scene, targetOf, told } from './fault-harness.js'
import { type RunOptions, spillway } from './kafka-lab.js'

/** A reviewed plan of a backlog: the scene, the file and the run's id. */
async function planned(broker: Parameters<typeof aBacklog>[0], flags: readonly string[] = []) {
  const scene = await aBacklog(broker, { records: 3000, name: 'apply' })
  const file = join(scene.home, 'plan.json')
  const args = ['drain', scene.source, '--save', file, '--consumers-stopped', '--output', 'json', ...flags]
  const { run } = told(await spillway(args, { home: scene.home }))
  return { scene, file, run }
}

const apply = (file: string, home: string, flags: readonly string[] = [], options: RunOptions = {}) =>
  spillway(['apply', file, '--output', 'json', ...flags], { home, ...options })

const grow = async ({ broker, topic }: Scene, records: number): Promise<void> => {
  const producer = new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING }).producer()
  await producer.connect()
  const messages = Array.from({ length: records }, (_, i) => ({ key: `k${i}`, value: `later ${i}`, partition: i % 3 }))
  await producer.send({ topic, messages })
  await producer.disconnect()
}

describe.each(['kafka41', 'kafka39'] as const)('apply on %s', key => {
  const broker = inject(key)

  it('changes nothing without --execute, and shows planned / now', async () => {
    const { scene, file, run } = await planned(broker)
    await grow(scene, 30)
    const before = await picture(scene)
    const dry = await apply(file, scene.home)
    expect(dry.code, dry.stderr).toBe(0)
    expect(told(dry)).toMatchObject({ run, state: 'planned', refusals: [] })
    const shown = JSON.parse(dry.stdout).changes
    expect(shown).toContainEqual({ what: 'messages', planned: '3,000', now: '3,030' })
    const text = await spillway(['apply', file], { home: scene.home })
    expect(text.stdout).toMatch(/messages +3,000 +3,030/)
    expect(await picture(scene)).toEqual(before)
    expect(await runsOf(scene.home)).toEqual([])
  })

  it('runs the plan under its own id, once', async () => {
    const { scene, file, run } = await planned(broker, ['--factor', '4'])
    const done = await apply(file, scene.home, ['--execute'])
    expect(done.code, done.stderr).toBe(0)
    expect(told(done)).toMatchObject({ run, state: 'complete', balanced: true, ledger: { read: '3000' } })
    await exactlyOnce(scene, run)
    const twice = await apply(file, scene.home, ['--execute'])
    expect(twice.code).toBe(4)
    expect(told(twice).error?.code).toBe('run-exists')
    const elsewhere = await apply(file, await newHome(), ['--execute'])
    expect(elsewhere.code).toBe(4)
    expect(told(elsewhere).error?.message).toContain(run)
  })
})

describe('apply', () => {
  it('refuses an edited file with 4, and what is no plan with 2', async () => {
    const { scene, file } = await planned(inject('kafka41'))
    const text = await readFile(file, 'utf8')
    const cases = [
      [text.replace('"factor": 10', '"factor": 11'), 4, 'plan-edited'],
      [text.replace('"version": 1', '"version": 99'), 2, 'plan-version'],
      ['{}', 2, 'plan-unreadable'],
      ['not json', 2, 'plan-unreadable'],
    ] as const
    for (const [changed, code, name] of cases) {
      await writeFile(file, changed)
      const refused = await apply(file, scene.home, ['--execute'])
      expect([refused.code, told(refused).error?.code]).toEqual([code, name])
    }
    expect((await apply(join(scene.home, 'nowhere.json'), scene.home)).code).toBe(2)
  })

  it('refuses a topic that was made anew with 4; the dry run lists it and exits 0', async () => {
    const { scene, file } = await planned(inject('kafka41'))
    const admin = new Kafka({ brokers: scene.broker.brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [scene.topic] })
    await expect.poll(async () => (await admin.listTopics()).includes(scene.topic)).toBe(false)
    await admin.createTopics({ topics: [{ topic: scene.topic, numPartitions: 3 }], waitForLeaders: true })
    await admin.setOffsets({ groupId: scene.group, topic: scene.topic, partitions: [{ partition: 0, offset: '0' }] })
    await admin.disconnect()
    const dry = await apply(file, scene.home)
    expect(dry.code, dry.stderr).toBe(0)
    expect(told(dry).refusals.join()).toContain('topic id')
    const refused = await apply(file, scene.home, ['--execute'])
    expect([refused.code, told(refused).error?.code]).toEqual([4, 'drift'])
    expect(await runsOf(scene.home)).toEqual([])
  })

  it('lets one of two at once through, whatever their homes', async () => {
    for (const same of [true, false]) {
      const { scene, file, run } = await planned(inject('kafka41'), ['--factor', '2'])
      const other = same ? scene.home : await newHome()
      const both = await Promise.all([scene.home, other].map(home => apply(file, home, ['--execute'])))
      expect(both.map(each => each.code).sort(), both.map(each => each.stderr).join()).toEqual([0, 4])
      await exactlyOnce(scene, run)
    }
  })
})

describe('a claimed group', () => {
  it('refuses a drain from another home with 4, naming run, host and topic', async () => {
    const { scene, file, run } = await planned(inject('kafka41'))
    expect((await apply(file, scene.home, ['--execute'])).code).toBe(0)
    const home = await newHome()
    const args = ['drain', scene.source, '--execute', '--consumers-stopped', '--output', 'json']
    const refused = await spillway(args, { home })
    expect(refused.code).toBe(4)
    const { error } = told(refused)
    expect(error?.code).toBe('claimed')
    expect(error?.message).toContain(run)
    expect(error?.message).toContain(targetOf(scene, run))
    expect(error?.message).toMatch(/host \S+/)
    expect(await runsOf(home)).toEqual([])
  })

  it('refuses a typo in SPILLWAY_FAILPOINT with 2 before anything else', async () => {
    const env = { SPILLWAY_FAILPOINT: 'nonsense' }
    for (const args of [
      ['drain', 'kafka://localhost:1/t?group=g'],
      ['apply', 'nowhere.json'],
      ['resume', 'x'],
    ]) {
      const refused = await spillway([...args, '--output', 'json'], { env, home: await newHome() })
      expect([refused.code, told(refused).error?.code]).toEqual([2, 'failpoint'])
    }
  })
})
