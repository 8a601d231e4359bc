import type { Buffer } from 'node:buffer'
import * as header from '../records/batch-header.js'
import { HEADER_BYTES } from '../records/batch-header.js'
import { CODEC_NAMES, decompress } from '../records/codec/codec.js'
import { type SurveyedRecord, walkRecords } from './walk-batch.js'

/** What a bounded look into one partition's backlog found; filled by `addBatch`. */
export type LaneSample = {
  readonly lane: string
  readonly lag: bigint
  records: number
  nullKeys: number
  rawBytes: number
  largest: number
  oversize: number
  withoutTimestamp: number
  inTheFuture: number
  batches: number
  /** Base offset of the last batch counted: a large one may be met from several places. */
  lastBatch: number
  batchBytes: number
  batchRecords: number
  transactional: boolean
  logAppendTime: boolean
  /** A batch whose offsets are not one for each record: compaction was here. */
  gaps: boolean
  readonly codecs: Record<string, number>
  /** By key bytes as latin1 text. */
  readonly keys: Map<string, number>
}

/** What a record is judged by (clock in ms, the topic's max.message.bytes), which offsets count, how many more records may. */
export type Bounds = {
  readonly now: number
  readonly maxMessageBytes: number
  readonly from: bigint
  readonly to: bigint
  readonly records: number
}

const CLOCK_TOLERANCE_MS = 60_000

export const emptySample = (lane: string, lag: bigint): LaneSample => ({
  lane,
  lag,
  records: 0,
  nullKeys: 0,
  rawBytes: 0,
  largest: 0,
  oversize: 0,
  withoutTimestamp: 0,
  inTheFuture: 0,
  batches: 0,
  lastBatch: -1,
  batchBytes: 0,
  batchRecords: 0,
  transactional: false,
  logAppendTime: false,
  gaps: false,
  codecs: {},
  keys: new Map(),
})

/** Adds the batch at `at` of a fetch response, at most `bounds.records` of its records. Control batches hold no data. */
export const addBatch = (sample: LaneSample, buffer: Buffer, { at, bounds }: { at: number; bounds: Bounds }): void => {
  if (header.isTransactional(buffer, at)) sample.transactional = true
  if (header.isControl(buffer, at)) return
  if (header.baseOffset(buffer, at) > sample.lastBatch) countBatch(sample, buffer, at)
  const left = sample.records + bounds.records
  for (const record of recordsAt(buffer, at)) {
    if (sample.records >= left || record.offset >= bounds.to) break
    if (record.offset >= bounds.from) addRecord(sample, record, bounds)
  }
}

const countBatch = (sample: LaneSample, buffer: Buffer, at: number): void => {
  sample.lastBatch = header.baseOffset(buffer, at)
  const count = header.recordCount(buffer, at)
  const codec = CODEC_NAMES[header.codecOf(buffer, at) as 0] ?? `codec ${header.codecOf(buffer, at)}`
  sample.batches += 1
  sample.batchBytes += header.batchBytes(buffer, at)
  sample.batchRecords += count
  sample.codecs[codec] = (sample.codecs[codec] ?? 0) + 1
  sample.logAppendTime ||= header.isLogAppendTime(buffer, at)
  sample.gaps ||= header.lastOffsetDelta(buffer, at) + 1 !== count
}

/** The records of the batch at `at`, decompressed. Throws RunError for an unknown codec or corrupt bytes. */
export const recordsAt = (buffer: Buffer, at: number): Iterable<SurveyedRecord> => {
  const end = at + header.batchBytes(buffer, at)
  return walkRecords(decompress(header.codecOf(buffer, at), buffer, at + HEADER_BYTES, end), {
    baseOffset: header.baseOffset(buffer, at),
    baseTimestamp: header.baseTimestamp(buffer, at),
    maxTimestamp: header.maxTimestamp(buffer, at),
    logAppendTime: header.isLogAppendTime(buffer, at),
    count: header.recordCount(buffer, at),
  })
}

const addRecord = (sample: LaneSample, { key, timestamp, bytes }: SurveyedRecord, bounds: Bounds): void => {
  sample.records += 1
  sample.rawBytes += bytes
  sample.largest = Math.max(sample.largest, bytes)
  if (bytes >= bounds.maxMessageBytes) sample.oversize += 1
  if (timestamp < 0) sample.withoutTimestamp += 1
  if (timestamp > bounds.now + CLOCK_TOLERANCE_MS) sample.inTheFuture += 1
  if (key === null) sample.nullKeys += 1
  else {
    const name = key.toString('latin1')
    sample.keys.set(name, (sample.keys.get(name) ?? 0) + 1)
  }
}
