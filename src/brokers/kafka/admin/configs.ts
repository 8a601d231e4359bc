import { check } from '../errors.js'
import type { Link, Wire } from '../link.js'
import { principalOf } from '../settings.js'
import { call } from '../wire/call.js'
import { only } from './coordinator.js'
import { noTopic } from './leaders.js'
import { patiently } from './patiently.js'
import { describeTopic } from './topics.js'

/** Setting to effective value; secrets, which brokers do not tell, are left out. */
export type Settings = Record<string, string>

const TOPIC = 2
const BROKER = 4

/** The effective settings of a topic. Throws UserError `no-topic` or `permission`, BrokerError. */
export async function topicSettings(link: Link, topic: string): Promise<Settings> {
  if ((await describeTopic(link, topic)) === undefined) throw noTopic(topic)
  return patiently(link, async () => askTopicSettings(link, await link.any(), topic))
}

/** One DescribeConfigs of a topic, not repeated; the broker looks at the ACL before it looks whether the topic is there. */
export function askTopicSettings(link: Link, wire: Wire, topic: string): Promise<Settings> {
  const about = { doing: `Reading settings of topic ${topic}`, topic, operation: 'DescribeConfigs' }
  return describe(link, wire, { type: TOPIC, name: topic, about })
}

/** The effective settings of one broker, dynamic cluster-wide ones included. Throws UserError `permission`, BrokerError. */
export function clusterSettings(link: Link, node: number): Promise<Settings> {
  const about = { doing: `Reading settings of broker ${node}`, operation: 'DescribeConfigs' }
  return patiently(link, async () => describe(link, await link.wire(node), { type: BROKER, name: `${node}`, about }))
}

type Resource = { type: number; name: string; about: { doing: string; topic?: string; operation: string } }

/** DescribeConfigs v2. */
function describe(link: Link, wire: Wire, { type, name, about }: Resource): Promise<Settings> {
  return call(wire, {
    request: { api: 32, version: 2, name: 'DescribeConfigs', throttleAt: 0 },
    write: w =>
      w
        .array([name], (each, w) =>
          w
            .i8(type)
            .str(each)
            .array(null, () => {}),
        )
        .bool(false),
    read: r => {
      r.i32()
      const answers = r.array(r => {
        const [error, message] = [r.i16(), r.nullableStr()]
        check(error, { ...about, message, principal: principalOf(link.settings) })
        r.i8()
        r.str()
        return r.array(r => {
          const entry = [r.str(), r.nullableStr()] as const
          r.skip(3).array(r => [r.str(), r.nullableStr(), r.i8()])
          return entry
        })
      })
      return Object.fromEntries(only(answers, name).flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
    },
  })
}
