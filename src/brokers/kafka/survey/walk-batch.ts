import { Buffer } from 'node:buffer'
import { RunError } from '../../../errors.js'

/** One record as a survey sees it; `bytes` is its uncompressed size, length prefix included. */
export type SurveyedRecord = {
  readonly offset: bigint
  /** Milliseconds since 1970, −1 for none. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly bytes: number
}

/** The fields of a batch header that its records need (https://kafka.apache.org/documentation/#recordbatch). */
export type BatchTimes = {
  readonly baseOffset: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly logAppendTime: boolean
  readonly count: number
}

/** Walks the uncompressed records section of a batch in order. Throws RunError `corrupt` where lengths do not fit. */
export function* walkRecords(records: Buffer, batch: BatchTimes): Generator<SurveyedRecord> {
  const at: Cursor = { bytes: records, position: 0 }
  for (let i = 0; i < batch.count; i++) {
    const from = at.position
    const length = varint(at)
    const end = at.position + length
    if (length < 0 || end > records.length) throw corrupt(batch.baseOffset)
    at.position += 1
    const timestamp = batch.baseTimestamp + varint(at)
    const offset = BigInt(batch.baseOffset + varint(at))
    const key = bytesOf(at, varint(at))
    at.position = end
    yield { offset, timestamp: batch.logAppendTime ? batch.maxTimestamp : timestamp, key, bytes: end - from }
  }
}

type Cursor = { readonly bytes: Buffer; position: number }

const bytesOf = (at: Cursor, length: number): Buffer | null =>
  length < 0 ? null : Buffer.from(at.bytes.subarray(at.position, at.position + length))

// Zigzag varints of up to ten bytes; arithmetic, not shifts, because timestamp deltas may pass 32 bits.
const varint = (at: Cursor): number => {
  let value = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = at.bytes[at.position++]
    if (byte === undefined) throw corrupt(-1)
    value += (byte & 127) * scale
    if (byte < 128) break
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

const corrupt = (offset: number): RunError =>
  new RunError(`A record batch${offset < 0 ? '' : ` at offset ${offset}`} can't be read: its lengths do not fit`, {
    code: 'corrupt',
    hint: 'Check the partition with kafka-dump-log.sh --deep-iteration.',
  })
