import { isUtf8 } from 'node:buffer'
import { defined } from '../../core/defined.js'
import { originOf } from '../../core/message.js'
import type { ReplayFilter } from '../../core/replay-plan.js'
import type { Io, Presentation } from '../../io.js'
import { toPrettyJson } from '../../present/json.js'
import { filtered, wantedOf } from '../../replay/filter.js'
import type { ReplayItem } from '../../replay/ports.js'
import { describeSample, type SampledBytes } from '../../report/sample-text.js'
import type { ReplaySubject } from './ends.js'

type Sample = {
  readonly count: number
  readonly filter: ReplayFilter | undefined
  /** IANA zone that times are shown in, beside UTC. */
  readonly zone: string
  readonly io: Io
  readonly present: Presentation
}

/** Prints the first messages that would be sent, and those among them that cannot be with the reason; sends nothing. */
export async function printSample(subject: ReplaySubject, { count, filter, zone, io, present }: Sample): Promise<void> {
  const messages = []
  await using source = await subject.open({ lanes: subject.look.lanes, ...defined({ filter }) })
  for (const lane of source.lanes.map(each => filtered(each, wantedOf(filter)))) {
    if (messages.length >= count) break
    for await (const { items } of lane.read(lane.from, io.soft)) {
      messages.push(...items.slice(0, count - messages.length).map(document))
      if (messages.length >= count) break
    }
  }
  if (present.format === 'json') io.out.write(toPrettyJson({ sample: messages }))
  else if (messages.length === 0) io.out.write(`Nothing in ${subject.look.source} is what was asked for.\n`)
  else io.out.write(describeSample(messages, zone))
}

/** In the form in which handlers get a message. */
const document = ({ message, unable }: ReplayItem) => ({
  id: message.id,
  key: text(message.key),
  value: text(message.value),
  headers: message.headers.map(([name, value]) => [typeof name === 'string' ? name : text(name), text(value)] as const),
  origin: originOf(message),
  ...defined({
    contentType: message.contentType,
    routingKey: message.routingKey && text(message.routingKey),
    unable,
  }),
})

const text = (bytes: Buffer | null): SampledBytes => {
  if (bytes === null) return null
  return isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') }
}
