import { describe, expect, inject, it } from 'vitest'
import { spawnSpillway, spillway } from './kafka-lab.js'
import { aHome, documentOf, GO, handled, handler, MESSAGES, play, stateOf } from './runbook-harness.js'
import { commit, kafkaOf, make, numbered, produce, withLink } from './survey-harness.js'

let backlogs = 0
const everyValue = numbered(MESSAGES)
  .map(({ value }) => value)
  .sort()

/** A topic with a backlog, and the values of the runbook for it. */
async function aBacklog() {
  backlogs += 1
  const { brokers, url } = inject('kafka41')
  const [topic, home] = [`runbook-${process.pid}-${backlogs}`, await aHome()]
  const group = `${topic}-g`
  await withLink(brokers, async link => {
    await make(link, topic, 2)
    await commit(link, group, topic, [0, 0])
  })
  const half = (lane: number) => numbered(MESSAGES).filter((_, i) => i % 2 === lane)
  await produce(brokers, topic, [half(0), half(1)])
  const values = [`source=${url}/${topic}?group=${group}`, `handler=${handler(home)}`]
  return { brokers, topic, group, home, flags: values.flatMap(value => ['--set', value]) }
}

/** Kafka's client for JavaScript as a member of the group, which handles nothing; the answer stops it. */
async function startMember({ brokers, topic, group }: Awaited<ReturnType<typeof aBacklog>>) {
  const consumer = kafkaOf(brokers).consumer({ groupId: group, sessionTimeout: 10_000 })
  await consumer.connect()
  await consumer.subscribe({ topic })
  const joined = new Promise(resolve => consumer.on('consumer.group_join', resolve))
  await consumer.run({ autoCommit: false, eachBatch: async () => undefined })
  await joined
  return () => consumer.disconnect()
}

async function topicsWith(brokers: string[], text: string): Promise<string[]> {
  const admin = kafkaOf(brokers).admin()
  await admin.connect()
  const topics = await admin.listTopics()
  await admin.disconnect()
  return topics.filter(name => name.includes(text))
}

describe('backlog-kafka', () => {
  it('runs to its end, refused first by a live consumer', async () => {
    const backlog = await aBacklog()
    const { brokers, home, flags } = backlog
    const originals = { start: () => startMember(backlog) }
    const { kept } = await play({ runbook: 'backlog-kafka', flags, originals, home })
    expect(await handled(home)).toEqual(everyValue)
    expect(await topicsWith(brokers, kept.run ?? '?')).toEqual([])
  })

  it('resumes the drain that a signal stopped, and does not start a second one', async () => {
    const { home, flags } = await aBacklog()
    const slow = ['--set', 'drain=--factor 10 --consumers-stopped --rate 50']
    const running = spawnSpillway(['runbook', 'run', 'backlog-kafka', ...flags, ...slow, ...GO], { home })
    // Its progress has a count only when something is copied.
    await expect.poll(() => /Drain[\s\S]*running [1-9]/.test(running.stderr()), { timeout: 120_000 }).toBe(true)
    running.child.kill('SIGINT')
    const stopped = await running.finished
    const first = documentOf(stopped)
    expect({ code: stopped.code, drain: stateOf(first, 'drain') }, stopped.stderr).toEqual({
      code: 130,
      drain: 'stopped',
    })
    expect(first.kept.run).toBeDefined()
    const second = await spillway(['runbook', 'run', 'backlog-kafka', '--record', first.record, ...GO], { home })
    const ended = documentOf(second)
    expect(second.stderr).toContain(`$ spillway resume ${first.kept.run}`)
    expect(ended.kept).toEqual(first.kept)
    // Nobody starts the originals in this test.
    expect({ code: second.code, last: stateOf(ended, 'start-the-originals') }, second.stderr).toEqual({
      code: 4,
      last: 'refused',
    })
    expect(await handled(home)).toEqual(everyValue)
  })
})
