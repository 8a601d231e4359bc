import type { Wire } from '../link.js'
import { Reader } from './reader.js'
import { Writer } from './writer.js'

/** What became of one batch. `error` is a code, see `fromKafka`; `message` is the broker's own words. */
export type Appended = { partition: number; error: number; baseOffset: bigint; message?: string }

/** Batches for one topic, one a partition; a batch is sent as it is and may not change before the answer. */
export type ProduceRequest = {
  topic: string
  transactionalId: string | null
  acks: -1
  timeoutMs: number
  entries: readonly { partition: number; batch: Buffer }[]
}

const PRODUCE = { api: 0, version: 8, name: 'Produce', throttleAt: -4 }
const GRACE = 5_000

/** Produce v8. Throws BrokerError, retriable, when no answer came: the batches may or may not be in the log. */
export async function produceBatches(wire: Wire, request: ProduceRequest): Promise<Appended[]> {
  const reader = new Reader(await wire.ask(PRODUCE, produceBody(request), request.timeoutMs + GRACE))
  return reader.array(r => appendedTo(r.str(), r)).flat()
}

function produceBody({ topic, transactionalId, acks, timeoutMs, entries }: ProduceRequest): Buffer[] {
  const parts: Buffer[] = []
  let writer = new Writer(64 + topic.length)
  writer.str(transactionalId).i16(acks).i32(timeoutMs).i32(1).str(topic).i32(entries.length)
  for (const { partition, batch } of entries) {
    parts.push(writer.i32(partition).i32(batch.length).done(), batch)
    writer = new Writer(8)
  }
  return parts
}

const appendedTo = (_topic: string, r: Reader): Appended[] => r.array(appended)

function appended(r: Reader): Appended {
  const [partition, error, baseOffset] = [r.i32(), r.i16(), r.i64()]
  r.skip(16)
  const records = r.array(r => `record ${r.i32()}: ${r.str()}`)
  const message = [r.nullableStr(), ...records.slice(0, 3)].filter(Boolean).join('; ')
  return { partition, error, baseOffset, ...(message && { message }) }
}
