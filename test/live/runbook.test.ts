import { describe, expect, inject, it } from 'vitest'
import { aHome, handled, handler, MESSAGES, play } from './runbook-harness.js'
import { commit, kafkaOf, make, numbered, produce, withLink } from './survey-harness.js'

describe('backlog-kafka', () => {
  it('runs to its end, refused first by a live consumer', async () => {
    const { brokers, url } = inject('kafka41')
    const [topic, group, home] = [`runbook-${process.pid}`, `runbook-${process.pid}-g`, await aHome()]
    await withLink(brokers, async link => {
      await make(link, topic, 2)
      await commit(link, group, topic, [0, 0])
    })
    const half = (lane: number) => numbered(MESSAGES).filter((_, i) => i % 2 === lane)
    await produce(brokers, topic, [half(0), half(1)])
    const start = async () => {
      const consumer = kafkaOf(brokers).consumer({ groupId: group, sessionTimeout: 10_000 })
      await consumer.connect()
      await consumer.subscribe({ topic })
      const joined = new Promise(resolve => consumer.on('consumer.group_join', resolve))
      await consumer.run({ autoCommit: false, eachBatch: async () => undefined })
      await joined
      return () => consumer.disconnect()
    }
    const values = [`source=${url}/${topic}?group=${group}`, `handler=${handler(home)}`]
    const flags = values.flatMap(value => ['--set', value])
    const { kept } = await play({ runbook: 'backlog-kafka', flags, originals: { start }, home })
    expect(await handled(home)).toEqual(
      numbered(MESSAGES)
        .map(({ value }) => value)
        .sort(),
    )
    const admin = kafkaOf(brokers).admin()
    await admin.connect()
    expect((await admin.listTopics()).filter(name => name.includes(kept.run ?? '?'))).toEqual([])
    await admin.disconnect()
  })
})
