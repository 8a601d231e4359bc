import type { NotData } from '../../../core/event.js'
import type { Chunk } from '../../../fanout/ports.js'
import { type RecordPlace, type RecordTaker, scatter } from '../records/scatter.js'
import type { Frames } from '../relay/frames.js'
import { KafkaMessage, type Lane } from './kafka-message.js'

/** Messages handed over at once; more would make whoever works on them wait in long steps. */
const CHUNK_MESSAGES = 1000

/** Collects the records of one batch as messages. Bytes that stand in the scratch buffer of a codec are copied once a batch. */
class Collector implements RecordTaker {
  readonly messages: KafkaMessage[] = []
  readonly #lane: Lane
  #set: Buffer | undefined
  #from: Buffer | undefined
  #data: Buffer | undefined

  constructor(lane: Lane) {
    this.#lane = lane
  }

  batch(frames: Decodable, at: number): void {
    this.#set = frames.set
    this.#from = undefined
    scatter(frames.set, at, frames.span, this)
  }

  take(data: Buffer, place: RecordPlace): void {
    if (data !== this.#from || this.#data === undefined) {
      this.#from = data
      this.#data = data === this.#set ? data : copied(data)
    }
    this.messages.push(new KafkaMessage(this.#lane, this.#data, place))
  }
}

const copied = (data: Buffer): Buffer => {
  const copy = Buffer.allocUnsafeSlow(data.length)
  data.copy(copy)
  return copy
}

type Decodable = Pick<Frames, 'set' | 'starts' | 'span'>

/** The messages of a piece, in lane order. Throws RunError `corrupt`, `unknown-codec`. */
export function decode(frames: Decodable, lane: Lane): readonly KafkaMessage[] {
  const collector = new Collector(lane)
  for (const at of frames.starts) collector.batch(frames, at)
  return collector.messages
}

/** A piece as chunks; what is no data is told with the last of them, which may have no message. */
export function* chunksOf(frames: Frames, lane: Lane): Generator<Chunk> {
  const messages = decode(frames, lane)
  const notData = notDataOf(frames, messages.length)
  const share = frames.bytes / Math.max(1, messages.length)
  let told = 0
  for (let from = 0; from + CHUNK_MESSAGES < messages.length; from += CHUNK_MESSAGES) {
    const next = (messages[from + CHUNK_MESSAGES] as KafkaMessage).offset
    const bytes = Math.floor(share * CHUNK_MESSAGES)
    yield { messages: messages.slice(from, from + CHUNK_MESSAGES), next: String(next), notData: NOTHING, bytes }
    told += CHUNK_MESSAGES
  }
  const bytes = frames.bytes - Math.floor(share * CHUNK_MESSAGES) * (told / CHUNK_MESSAGES)
  const rest = told === 0 ? messages : messages.slice(told)
  yield { messages: rest, next: String(frames.next), notData, bytes }
}

const NOTHING: NotData = { holes: 0n, markers: 0n, aborted: 0n }

function notDataOf({ span, markers, aborted }: Frames, messages: number): NotData {
  const holes = span.to - span.from - messages - markers - aborted
  return { holes: BigInt(holes), markers: BigInt(markers), aborted: BigInt(aborted) }
}
