import type { Night } from '../night.js'
import { groupOf, type Post } from './consumers.js'

/** Small enough that a million fit on any disk; no key so hot that its messages, one after the other, outlast all others together. */
const SHAPE = ['--size', '512', '--sizes', 'lognormal', '--headers', '3', '--zipf', '0.7']

/** A night on Kafka: a topic with a consumer group, and a temporary topic. */
export function kafkaNight(post: Post): Night {
  const { brokers, topic, group } = post
  const backlog = `kafka://${brokers.join(',')}/${topic}`
  return {
    backlog,
    shape: SHAPE,
    source: `${backlog}?group=${group}`,
    survey: ['--window', '2s', '--service-rate', '100'],
    drain: [],
    every: [],
    restore: [],
    temporary: 'the temporary topic',
    proof: { step: 'Prove it: read the copy back and compare', flags: ['--verify'] },
    usual: { command: `(stand-in for your consumers: kafkajs, topic ${topic}, group ${group})`, crew: groupOf(post) },
    onLanes: async run => {
      const lanes = { ...post, topic: `${topic}.spill.${run}`, group: `spillway.${run}` }
      const who = `kafkajs, topic ${lanes.topic}, group ${lanes.group}`
      return { command: `(stand-in for your handler, without a database: ${who})`, crew: groupOf(lanes) }
    },
  }
}
