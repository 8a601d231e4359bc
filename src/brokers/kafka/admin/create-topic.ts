import { setTimeout as sleep } from 'node:timers/promises'
import { BrokerError } from '../../../errors.js'
import { check } from '../errors.js'
import type { Link } from '../link.js'
import { principalOf } from '../settings.js'
import { call } from '../wire/call.js'
import type { Reader } from '../wire/reader.js'
import { onController } from './coordinator.js'
import { describeTopic, type TopicDescription } from './topics.js'

/** A topic to create; `replication` -1 takes the broker's default. `validateOnly` proves ACL and policy, creates nothing. */
export type NewTopic = {
  readonly name: string
  readonly partitions: number
  readonly replication: number
  readonly settings: Readonly<Record<string, string>>
  readonly validateOnly?: boolean
}

const TIMEOUT_MS = 10_000
const LED_WITHIN_MS = 15_000
const POLL_MS = 50
const TOPIC_ALREADY_EXISTS = 36

/**
 * CreateTopics v4, then waits until every partition has a leader. Resolves with the topic, or undefined after
 * `validateOnly`. Throws BrokerError `TOPIC_ALREADY_EXISTS`, `POLICY_VIOLATION`, `INVALID_CONFIG`…, UserError `permission`.
 */
export async function createTopic(link: Link, topic: NewTopic): Promise<TopicDescription | undefined> {
  const already = await request(link, topic)
  if (topic.validateOnly) return undefined
  const made = await led(link, topic)
  if (already && made.partitions.length !== topic.partitions) check(TOPIC_ALREADY_EXISTS, about(link, topic))
  return made
}

const about = (link: Link, { name }: NewTopic) => ({
  doing: `Creating topic ${name}`,
  topic: name,
  operation: 'Create',
  principal: principalOf(link.settings),
})

/** True when a lost answer was asked for again and the topic stands: it is ours. */
async function request(link: Link, topic: NewTopic): Promise<boolean> {
  let attempts = 0
  return onController(link, wire => {
    attempts++
    return call(wire, {
      request: { api: 19, version: 4, name: 'CreateTopics', throttleAt: 0 },
      write: w =>
        w
          .array([topic], (t, w) =>
            w
              .str(t.name)
              .i32(t.partitions)
              .i16(t.replication)
              .array([], () => {})
              .array(Object.entries(t.settings), ([name, value], w) => w.str(name).str(value)),
          )
          .i32(TIMEOUT_MS)
          .bool(topic.validateOnly ?? false),
      read: r => outcome(r, { link, topic, again: attempts > 1 }),
    })
  })
}

function outcome(r: Reader, { link, topic, again }: { link: Link; topic: NewTopic; again: boolean }): boolean {
  r.i32()
  const answers = r.array(r => ({ name: r.str(), error: r.i16(), message: r.nullableStr() }))
  for (const { error, message } of answers) {
    if (again && error === TOPIC_ALREADY_EXISTS && !topic.validateOnly) return true
    check(error, { ...about(link, topic), message })
  }
  return false
}

async function led(link: Link, { name, partitions }: NewTopic): Promise<TopicDescription> {
  const until = Date.now() + LED_WITHIN_MS
  for (;;) {
    const found = await describeTopic(link, name)
    const leaders = found?.partitions.filter(({ leader }) => leader >= 0).length ?? 0
    if (found !== undefined && leaders > 0 && leaders === found.partitions.length) return found
    if (Date.now() > until)
      throw new BrokerError(`Topic ${name} was created, but ${leaders} of ${partitions} partitions have a leader`, {
        retry: true,
        code: 'LEADER_NOT_AVAILABLE',
        hint: 'Look at the brokers that should lead them.',
      })
    await sleep(POLL_MS)
  }
}
