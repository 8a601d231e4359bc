import { RunError } from '../../../errors.js'
import {
  baseOffset,
  baseTimestamp,
  batchBytes,
  codecOf,
  HEADER_BYTES,
  isLogAppendTime,
  maxTimestamp,
  recordCount,
} from './batch-header.js'
import { decompress } from './codec/codec.js'
import { exactTime, isFar, splitTime, varlong } from './far-time.js'

/** Receives each wanted record of a batch, as positions in `data`; nothing is copied or decoded before. */
export interface RecordTaker {
  /**
   * `keyStart`/`keyLength`: the key's bytes in `data`, length -1 for a null key. `start`/`end`: key length to last header
   * byte. The time in ms is `origin` + `timestamp`. The bytes are valid only during the call.
   */
  take(data: Buffer, record: RecordPlace): void
}

/** One object, reused for every record: making one each would cost more than the walk. */
export type RecordPlace = {
  offset: number
  timestamp: number
  /** 0, or what a number cannot hold of a time far away (nanoseconds by mistake): see far-time.ts. */
  origin: bigint
  attributes: number
  keyStart: number
  keyLength: number
  start: number
  end: number
}

const place: RecordPlace = {
  offset: 0,
  timestamp: 0,
  origin: 0n,
  attributes: 0,
  keyStart: 0,
  keyLength: 0,
  start: 0,
  end: 0,
}

/** Where the last varint ended; a module variable, since a returned pair would be allocated for every field. */
let cursor = 0

/** Offsets wanted of a batch: [from, to). */
export type Span = { readonly from: number; readonly to: number }

/**
 * Walks the records of the batch at `at` in `set` and hands those with an offset in [from, to) to `taker`, in order.
 * Returns how many were handed over. Throws `corrupt` when the records do not add up to the batch.
 */
export function scatter(set: Buffer, at: number, span: Span, taker: RecordTaker): number {
  const codec = codecOf(set, at)
  const batchEnd = at + batchBytes(set, at)
  const data = codec === 0 ? set : decompress(codec, set, at + HEADER_BYTES, batchEnd)
  const limit = codec === 0 ? batchEnd : data.length
  const base = baseOffset(set, at)
  const appendTime = isLogAppendTime(set, at)
  const fixedTime = appendTime ? maxTimestamp(set, at) : baseTimestamp(set, at)
  const records = recordCount(set, at)
  const far = isFar(fixedTime)
  let o = codec === 0 ? at + HEADER_BYTES : 0
  let taken = 0
  for (let i = 0; i < records; i++) {
    const length = readVarint(data, o)
    const end = cursor + length
    if (length < 1 || end > limit) throw corrupt(base)
    place.attributes = data[cursor] as number
    const timeAt = cursor + 1
    const delta = readVarlong(data, timeAt)
    place.timestamp = appendTime ? fixedTime : fixedTime + delta
    place.origin = 0n
    if (far || isFar(place.timestamp)) splitTime(place, exactTime(set, at, appendTime ? 0n : varlong(data, timeAt)))
    place.offset = base + readVarint(data, cursor)
    place.start = cursor
    place.keyLength = readVarint(data, cursor)
    place.keyStart = cursor
    place.end = end
    if (place.keyStart + place.keyLength > end) throw corrupt(base)
    if (place.offset >= span.from && place.offset < span.to) {
      taker.take(data, place)
      taken++
    }
    o = end
  }
  if (o !== limit) throw corrupt(base)
  return taken
}

function readVarint(b: Buffer, at: number): number {
  let c = b[at] as number
  let o = at + 1
  if (c < 128) {
    cursor = o
    return (c >>> 1) ^ -(c & 1)
  }
  let v = c & 127
  let shift = 7
  do {
    c = b[o++] as number
    v |= (c & 127) << shift
    shift += 7
  } while (c >= 128 && shift < 35)
  cursor = o
  return (v >>> 1) ^ -(v & 1)
}

/** A 64-bit zigzag varint; timestamps' deltas stay below 2^53. */
function readVarlong(b: Buffer, at: number): number {
  let c = b[at] as number
  let o = at + 1
  let v = c & 127
  let scale = 128
  while (c >= 128 && o - at < 10) {
    c = b[o++] as number
    v += (c & 127) * scale
    scale *= 128
  }
  cursor = o
  return v % 2 === 0 ? v / 2 : -(v + 1) / 2
}

function corrupt(base: number): RunError {
  return new RunError(`The record batch at offset ${base} is corrupt: its records do not fill it`, {
    code: 'corrupt',
    hint: 'Check the broker disk. Read the batch with kafka-dump-log.sh --deep-iteration.',
  })
}
