import type { Message } from '../../../core/message.js'
import { HEADER_BYTES } from '../records/batch-header.js'
import { varintBytes } from '../records/varint.js'
import { KafkaMessage } from '../work/kafka-message.js'
import { type Extra, type Section, sectionOf } from '../work/record-section.js'
import type { TargetTopic } from './target-topics.js'

const CONTENT_TYPE = 'content-type'

/** The record of a message that is sent again: its bytes and its time as they came. `extra` stands in the place of headers of the same names. */
export function replaySection(message: Message, extra: Extra, now: () => number): Section {
  const { native } = message
  if (!(native instanceof KafkaMessage)) return sectionOf(without(typed(message), extra), extra, now)
  const { origin, time } = native
  if (extra.length === 0) return { data: native.data, start: native.start, end: native.end, origin, time }
  // A time that no number holds exactly stays as it was.
  return { ...sectionOf(without(message, extra), extra, now), origin, time }
}

/** Why a record that is not compressed fits in no batch of a topic; undefined where it does. Pure. */
export function tooLarge(section: Section, topic: Pick<TargetTopic, 'topic' | 'maxMessageBytes'>): string | undefined {
  const [bytes, most] = [aloneBytes(section), topic.maxMessageBytes]
  return bytes <= most
    ? undefined
    : `its ${bytes} bytes are larger than ${most}, the max.message.bytes of ${topic.topic}`
}

/** Bytes of a batch that holds one record alone: attributes and two deltas of 0 are a byte each. */
function aloneBytes({ start, end }: Section): number {
  const record = end - start + 3
  return HEADER_BYTES + varintBytes(record * 2) + record
}

/** Kafka has no property for what a value is. */
function typed(message: Message): Message {
  const { contentType, headers } = message
  if (contentType === undefined) return message
  return { ...message, headers: [...headers, [CONTENT_TYPE, Buffer.from(contentType)]] }
}

const isIn = (extra: Extra, name: string | Buffer): boolean => extra.some(([each]) => each === name)

function without(message: Message, extra: Extra): Message {
  if (!message.headers.some(([name]) => isIn(extra, name))) return message
  const { id, key, value, headers, timestamp, target, lane, mark, size } = message
  return {
    id,
    key,
    value,
    headers: headers.filter(([name]) => !isIn(extra, name)),
    timestamp,
    target,
    lane,
    mark,
    size,
  }
}
