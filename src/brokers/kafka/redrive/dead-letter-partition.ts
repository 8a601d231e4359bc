import type { Mark } from '../../../core/event.js'
import type { FanoutLane } from '../../../core/fanout-plan.js'
import type { Message } from '../../../core/message.js'
import type { Gate } from '../../../core/ports.js'
import type { ReplayChunk, ReplayItem, ReplayLane } from '../../../replay/ports.js'
import type { Link } from '../link.js'
import type { Leaders } from '../relay/leaders.js'
import { readLane } from '../work/lane-reading.js'
import { originIn } from './origin.js'

export type DeadLetterPartition = {
  readonly link: Link
  readonly leaders: Leaders
  readonly gate: Gate
  /** Ends where the topic ended at the start. */
  readonly lane: Pick<FanoutLane, 'lane' | 'from' | 'to'>
  /** Each goes where it came from; else all go to the target of the run. */
  readonly toOrigin: boolean
  /** Bytes of one fetch. */
  readonly bytes: number
}

const NO_ORIGIN =
  'no header says where it came from (spillway-origin, kafka_dlt-original-topic, __connect.errors.topic)'

/** A partition of a dead-letter topic: what committed readers see of it, up to where it ended at the start. Throws LostRange, RunError. */
export const deadLetterPartition = (of: DeadLetterPartition): ReplayLane => ({
  lane: of.lane.lane,
  from: of.lane.from,
  to: of.lane.to,
  read: (from, soft) => read(of, from, soft),
})

async function* read(of: DeadLetterPartition, from: Mark, soft: AbortSignal): AsyncGenerator<ReplayChunk> {
  const { link, leaders, gate, lane, bytes } = of
  const reading = {
    ...{ link, leaders, gate, bytes, partition: Number(lane.lane), from: Number(from) },
    end: () => Number(lane.to),
    more: async () => false,
  }
  for await (const { messages, next } of readLane(reading, soft))
    yield { items: messages.map(message => itemOf(of, message)), next, skipped: 0 }
}

function itemOf({ toOrigin, leaders }: DeadLetterPartition, message: Message): ReplayItem {
  const item = { message, next: String(Number(message.mark) + 1) }
  if (!toOrigin) return item
  const to = originIn(message.headers)
  if (to === undefined) return { ...item, unable: NO_ORIGIN }
  return to.topic === leaders.topic
    ? { ...item, unable: `it says that it came from ${to.topic}, which is what is read` }
    : { ...item, to }
}
