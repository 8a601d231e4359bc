import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { listTopics } from '../../src/brokers/kafka/admin/topics.js'
import {
  aBacklog,
  CONSUME,
  drain,
  exactlyOnce,
  foreignCommit,
  newHome,
  onLink,
  picture,
  runsOf,
  saysNo,
  told,
} from './fault-harness.js'
import { spawnJava, spillway } from './kafka-lab.js'

const TOOL = fileURLToPath(new URL('../tools', import.meta.url))

describe.each(['kafka41', 'kafka39'] as const)('a drain of %s that cannot start', key => {
  const broker = inject(key)

  it('creates no topic for a typo, and says what was meant', async () => {
    const scene = await aBacklog(broker, { records: 100, name: 'orders' })
    const typo = scene.topic.replace('orders', 'oders')
    const source = scene.source.replace(scene.topic, typo)
    const { code, error } = await saysNo({ ...scene, source })
    expect({ code, error }).toMatchObject({ code: 2, error: { code: 'no-topic' } })
    expect(error.hint).toContain(`Did you mean ${scene.topic}?`)
  })

  it('says that a group is unknown', async () => {
    const scene = await aBacklog(broker, { records: 100 })
    const { code, error } = await saysNo({ ...scene, source: `${scene.source}x` })
    expect(code).toBe(2)
    expect(`${error.message} ${error.hint}`).toContain(`${scene.group}x`)
  })

  it('says that a group is unknown when it is surveyed, and which was meant', async () => {
    const scene = await aBacklog(broker, { records: 100 })
    const { code, stdout } = await spillway(['survey', `${scene.source}x`, '--output', 'json'], { home: scene.home })
    expect(code).toBe(2)
    const { error } = JSON.parse(stdout)
    expect(error).toMatchObject({ code: 'no-such-group', message: `Group ${scene.group}x is not there` })
    expect(error.hint).toContain(`Did you mean ${scene.group}?`)
  })

  it('refuses a group that has no offset on this topic', async () => {
    const scene = await aBacklog(broker, { records: 100 })
    const other = await aBacklog(broker, { records: 100 })
    const { code, error } = await saysNo({ ...scene, source: scene.source.replace(scene.group, other.group) })
    expect(code).toBe(2)
    expect(`${error.message} ${error.hint}`).toContain(other.group)
  })

  it('refuses an offset beyond the end, and names the partition', async () => {
    const scene = await aBacklog(broker, { records: 100 })
    await foreignCommit(scene, 1, 1_000_000)
    const { code, error } = await saysNo(scene)
    expect(code).toBe(4)
    expect(JSON.stringify(error)).toMatch(/partition 1.*1000000/)
  })

  it('is complete at once where nothing waits', async () => {
    const scene = await aBacklog(broker, { records: 100, readShare: 1 })
    const finished = await drain(scene)
    expect(finished.code).toBe(0)
    expect(told(finished)).toMatchObject({ state: 'complete', ledger: { read: '0' }, balanced: true })
    const again = await drain(scene)
    expect({ code: again.code, state: told(again).state }).toEqual({ code: 0, state: 'complete' })
    const topics = await onLink(broker, async link => (await listTopics(link)).topics.map(({ name }) => name))
    expect(topics.filter(name => name.startsWith(`${scene.topic}.spill`))).toEqual([])
  })
})

describe.each([
  ['kafka41', 'classic'],
  ['kafka41', 'consumer'],
  ['kafka39', 'classic'],
] as const)('a drain of %s while a %s member lives', (key, protocol) => {
  const broker = inject(key)

  it('lists it in the dry run, refuses to execute, and goes on when it has left', async () => {
    const scene = await aBacklog(broker, { records: 3000 })
    const member = spawnJava(
      broker,
      CONSUME,
      [broker.brokers.join(','), scene.topic, scene.group, protocol, '--no-commit', '--idle-ms', '12000'],
      {
        cwd: TOOL,
      },
    )
    await expect.poll(member.stdout, { timeout: 30_000 }).toContain('assigned')
    const dry = await spillway(['drain', scene.source, '--consumers-stopped', '--output', 'json'], { home: scene.home })
    expect(dry.code).toBe(0)
    const refusals = told(dry).refusals.join('\n')
    expect(refusals).toMatch(/consumer-.*127\.0\.0\.1/)
    const refused = await saysNo(scene)
    expect(refused.code).toBe(4)
    expect(refused.error.message).toMatch(/consumer-.*127\.0\.0\.1/)
    const waiting = drain(scene, ['--wait', '60s'])
    const finished = await waiting
    await member.finished
    expect(finished.code, finished.stderr).toBe(0)
    await exactlyOnce(scene, told(finished).run)
  })
})

describe('a drain without a home', () => {
  it('changes nothing on the cluster', async () => {
    const broker = inject('kafka41')
    const scene = await aBacklog(broker, { records: 100 })
    const before = await picture(scene)
    const finished = await drain({ ...scene, home: '/proc/nowhere' })
    expect(finished.code).toBe(2)
    expect(told(finished).error?.code).toBe('home-unwritable')
    expect(await picture(scene)).toEqual(before)
  })
})

describe('two drains of one group from two homes', () => {
  it.each([1, 2, 3, 4, 5])('let one through and refuse the other before its first write, try %i', async () => {
    const broker = inject('kafka41')
    const scene = await aBacklog(broker, { records: 20_000 })
    const rival = { ...scene, home: await newHome() }
    const both = await Promise.all([drain(scene), drain(rival)])
    expect(both.map(each => each.code).sort(), JSON.stringify(both, null, 1)).toEqual([0, 4])
    const winner = both.find(each => each.code === 0)
    const loser = both.find(each => each.code === 4)
    if (!winner || !loser) throw new Error('unreachable')
    await exactlyOnce(scene, told(winner).run)
    const lost = told(loser)
    expect(lost.error?.message).toBeDefined()
    if (lost.ledger) expect(lost.ledger.read).toBe('0')
  })
})

describe('a topic without any message', () => {
  it('is complete at once', async () => {
    const broker = inject('kafka41')
    const scene = await aBacklog(broker, { records: 10, readShare: 1 })
    const empty = `${scene.topic}-empty`
    await onLink(broker, link => createTopic(link, { name: empty, partitions: 2, replication: 1, settings: {} }))
    await foreignCommit({ ...scene, topic: empty }, 0, 0)
    const finished = await drain({ ...scene, source: scene.source.replace(`/${scene.topic}?`, `/${empty}?`) })
    expect({ code: finished.code, runs: (await runsOf(scene.home)).length }).toEqual({ code: 0, runs: 1 })
  })
})
