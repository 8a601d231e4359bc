import { isUtf8 } from 'node:buffer'
import { type Message, originOf } from '../../core/message.js'
import type { ReplayFilter } from '../../core/replay-plan.js'
import type { Io, Presentation } from '../../io.js'
import { toPrettyJson } from '../../present/json.js'
import { filtered, wantedOf } from '../../replay/filter.js'
import type { ReplaySubject } from './ends.js'

type Sample = {
  readonly count: number
  readonly filter: ReplayFilter | undefined
  readonly io: Io
  readonly present: Presentation
}

/** Prints the first messages that would be sent, and sends nothing. */
export async function printSample(subject: ReplaySubject, { count, filter, io, present }: Sample): Promise<void> {
  const messages = []
  await using source = await subject.open(subject.look)
  for (const lane of source.lanes.map(each => filtered(each, wantedOf(filter)))) {
    if (messages.length >= count) break
    for await (const { items } of lane.read(lane.from, io.soft)) {
      for (const { message } of items.slice(0, count - messages.length)) messages.push(document(message))
      if (messages.length >= count) break
    }
  }
  if (present.format === 'json') io.out.write(toPrettyJson(messages))
  else if (messages.length === 0) io.out.write(`Nothing in ${subject.look.source} is what was asked for.\n`)
  else for (const each of messages) io.out.write(`${JSON.stringify(each)}\n`)
}

/** In the form in which handlers get a message. */
const document = (message: Message) => ({
  id: message.id,
  key: text(message.key),
  value: text(message.value),
  headers: message.headers.map(([name, value]) => [typeof name === 'string' ? name : text(name), text(value)]),
  origin: originOf(message),
})

const text = (bytes: Buffer | null) => {
  if (bytes === null) return null
  return isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') }
}
