import type { MessageHeader } from '../../../core/message.js'
import { runOfTemporary, temporaryPrefix } from '../../../core/temporary-topic.js'

/** The topic that a dead letter came from, and its partition there where the headers say that. */
export type Origin = { readonly topic: string; readonly partition?: number }

type Maker = {
  readonly topic: string
  readonly partition: string
  readonly read: (value: Buffer) => number | undefined
}

/** Kafka's own rule for names (org.apache.kafka.common.internals.Topic). */
const LEGAL = /^[A-Za-z0-9._-]{1,249}$/
const SPILLWAY = 'spillway-origin'

/** A partition as four bytes, the most significant first. */
const asInteger = (value: Buffer): number | undefined => (value.length === 4 ? value.readInt32BE(0) : asText(value))
const asText = (value: Buffer): number | undefined => {
  const text = value.toString('latin1')
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/**
 * Who says where a dead letter came from, and how: Spring for Apache Kafka (DeadLetterPublishingRecoverer writes the partition as an int, KafkaHeaders
 * names the headers; those without `dlt` are of its retry topics), and Kafka Connect (DeadLetterQueueReporter writes text).
 */
const MAKERS: readonly Maker[] = [
  { topic: 'kafka_dlt-original-topic', partition: 'kafka_dlt-original-partition', read: asInteger },
  { topic: 'kafka_original-topic', partition: 'kafka_original-partition', read: asInteger },
  { topic: '__connect.errors.topic', partition: '__connect.errors.partition', read: asText },
]

/** Where a dead letter came from; undefined where no header says it. Of headers that stand there twice the last one counts: it is of the last death. */
export function originIn(headers: readonly MessageHeader[]): Origin | undefined {
  const own = last(headers, SPILLWAY)
  if (own !== undefined) return spillwayOrigin(own.toString())
  for (const { topic, partition, read } of MAKERS) {
    const name = last(headers, topic)?.toString()
    if (name === undefined || !LEGAL.test(name)) continue
    const where = last(headers, partition)
    return placed(name, where === undefined ? undefined : read(where))
  }
  return undefined
}

/** `TARGET/LANE/MARK` of what a fan-out has parked. What it read in a temporary topic came from the topic before that, where its key tells the partition. */
function spillwayOrigin(text: string): Origin | undefined {
  const [topic = '', lane = '', mark = '', ...more] = text.split('/')
  if (more.length > 0 || !LEGAL.test(topic) || !/^\d+$/.test(mark)) return undefined
  const run = runOfTemporary(topic)
  if (run === undefined) return placed(topic, asText(Buffer.from(lane)))
  const source = topic.slice(0, -`.spill.${run}`.length)
  return isCut(source) ? undefined : { topic: source }
}

/** A long name was cut, and ends in a digest: nobody can tell what it was. */
const CUT = temporaryPrefix('x'.repeat(249)).length - '.spill.'.length
const isCut = (source: string): boolean => source.length === CUT && /-[0-9a-f]{8}$/.test(source)

const placed = (topic: string, partition: number | undefined): Origin =>
  partition === undefined || partition < 0 ? { topic } : { topic, partition }

const last = (headers: readonly MessageHeader[], name: string): Buffer | undefined => {
  for (let at = headers.length - 1; at >= 0; at--) {
    const [each, value] = headers[at] ?? []
    if (each === name && value !== null && value !== undefined) return value
  }
  return undefined
}
