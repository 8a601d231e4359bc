import { describeGroup } from '../../../brokers/kafka/admin/describe-group.js'
import { describeTopic } from '../../../brokers/kafka/admin/topics.js'
import type { Link } from '../../../brokers/kafka/link.js'
import type { OriginSample } from '../../../brokers/kafka/redrive/sample.js'
import { memberReason } from '../../../brokers/kafka/relay/watch-group.js'
import type { DrainRefusal } from '../../../drain/refusals.js'

type Asked = {
  readonly topic: string
  readonly group: string | undefined
  readonly sample: OriginSample | undefined
  readonly consumersStopped: boolean
}

/** What speaks against sending dead letters again: who reads them as this group, and origins that are not there. Throws BrokerError, UserError `permission`. */
export const refusalsOf = async (link: Link, asked: Asked): Promise<readonly DrainRefusal[]> => [
  ...(asked.group === undefined ? [] : await ofGroup(link, asked.group, asked.consumersStopped)),
  ...(asked.sample === undefined ? [] : await ofOrigins(link, asked.topic, asked.sample)),
]

async function ofGroup(link: Link, group: string, consumersStopped: boolean): Promise<DrainRefusal[]> {
  const view = await describeGroup(link, group)
  if (view.verdict === 'idle') return []
  if (view.verdict === 'unsure' && consumersStopped) return []
  const hint = 'Stop its consumers first, and whatever starts them again; or leave ?group= away.'
  return [{ code: 'group-live', message: memberReason(view), hint, mayClear: true }]
}

async function ofOrigins(
  link: Link,
  topic: string,
  { sampled, without, topics }: OriginSample,
): Promise<DrainRefusal[]> {
  if (sampled > 0 && without === sampled)
    return [
      {
        code: 'no-origin',
        message: `None of ${sampled} messages of ${topic} that were looked at says where it came from`,
        hint: 'Name a topic: --to kafka://HOST:9092/TOPIC. The headers that are known are in docs/redrive.md.',
        mayClear: false,
      },
    ]
  const refusals: DrainRefusal[] = []
  for (const origin of [...topics].sort()) {
    if ((await describeTopic(link, origin)) !== undefined) continue
    const hint =
      'Make it again with as many partitions as it had, or send to another topic: --to kafka://HOST:9092/TOPIC.'
    refusals.push({
      at: origin,
      code: 'origin-gone',
      message: `Topic ${origin}, where messages came from, is not there`,
      hint,
      mayClear: false,
    })
  }
  return refusals
}
