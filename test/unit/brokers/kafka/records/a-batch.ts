import { gunzipSync, gzipSync } from 'node:zlib'
import { crc32c } from '@node-rs/crc32'

/** A record as the tests write and read it, in plain BigInt arithmetic that shares nothing with the code under test. */
export type ARecord = {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly (readonly [Buffer, Buffer | null])[]
  readonly timestamp: bigint
  readonly attributes: number
  readonly offset: bigint
}

export type ABatch = {
  readonly base: bigint
  readonly records: readonly ARecord[]
  /** Last offset of the batch; the last record's unless given (compaction keeps it). */
  readonly last?: bigint
  /** Attributes: codec 1 compresses with gzip, 0x08 log append time, 0x10 transactional, 0x20 control. */
  readonly attributes?: number
  readonly baseTimestamp?: bigint
  readonly maxTimestamp?: bigint
  readonly producerId?: bigint
}

export const aRecord = (offset: number | bigint, more: Partial<ARecord> = {}): ARecord => ({
  key: Buffer.from(`k${offset}`),
  value: Buffer.from(`v${offset}`),
  headers: [],
  timestamp: 1_700_000_000_000n,
  attributes: 0,
  ...more,
  offset: BigInt(offset),
})

/** Records at the given offsets. */
export const records = (...offsets: readonly number[]): ARecord[] => offsets.map(offset => aRecord(offset))

/** Offsets from `from` to before `to`. */
export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

/** The bytes of a record batch v2. https://kafka.apache.org/documentation/#recordbatch */
export function encodeBatch(batch: ABatch): Buffer {
  const attributes = batch.attributes ?? 0
  const baseTimestamp = batch.baseTimestamp ?? batch.records[0]?.timestamp ?? 0n
  const plain = Buffer.concat(batch.records.map(each => encodeRecord(each, { base: batch.base, baseTimestamp })))
  const body = (attributes & 7) === 1 ? gzipSync(plain) : plain
  const header = Buffer.alloc(61)
  const max = batch.records.map(each => each.timestamp).sort((a, b) => Number(b - a))[0] ?? -1n
  const last = batch.last ?? batch.records.at(-1)?.offset ?? batch.base
  header.writeBigInt64BE(batch.base, 0)
  header.writeInt32BE(49 + body.length, 8)
  header[16] = 2
  header.writeInt16BE(attributes, 21)
  header.writeInt32BE(Number(last - batch.base), 23)
  header.writeBigInt64BE(baseTimestamp, 27)
  header.writeBigInt64BE(batch.maxTimestamp ?? max, 35)
  header.writeBigInt64BE(batch.producerId ?? -1n, 43)
  header.writeInt16BE(-1, 51)
  header.writeInt32BE(-1, 53)
  header.writeInt32BE(batch.records.length, 57)
  const whole = Buffer.concat([header, body])
  whole.writeUInt32BE(crc32c(whole.subarray(21)), 17)
  return whole
}

/** A control batch of one marker, its key `version 0, type`: 0 aborts, 1 commits. */
export const marker = (offset: number, producerId: bigint, type: 'abort' | 'commit'): Buffer =>
  encodeBatch({
    base: BigInt(offset),
    producerId,
    attributes: 0x30,
    records: [aRecord(offset, { key: Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1]), value: Buffer.alloc(6) })],
  })

/** Reads a batch back, whatever wrote it. */
export function decodeBatch(batch: Buffer): ABatch & { readonly crcIsRight: boolean } {
  const attributes = batch.readInt16BE(21)
  const base = batch.readBigInt64BE(0)
  const baseTimestamp = batch.readBigInt64BE(27)
  const body = (attributes & 7) === 1 ? gunzipSync(batch.subarray(61)) : batch.subarray(61)
  const at = new Cursor(body)
  const found = Array.from({ length: batch.readInt32BE(57) }, () => decodeRecord(at, { base, baseTimestamp }))
  if (at.position !== body.length) throw new Error(`${body.length - at.position} bytes are left over`)
  return {
    base,
    last: base + BigInt(batch.readInt32BE(23)),
    attributes,
    baseTimestamp,
    maxTimestamp: batch.readBigInt64BE(35),
    producerId: batch.readBigInt64BE(43),
    records: found,
    crcIsRight: batch.readUInt32BE(17) === crc32c(batch.subarray(21)),
  }
}

type Base = { readonly base: bigint; readonly baseTimestamp: bigint }

function encodeRecord(each: ARecord, { base, baseTimestamp }: Base): Buffer {
  const body = Buffer.concat([
    Buffer.from([each.attributes]),
    varint(BigInt.asIntN(64, each.timestamp - baseTimestamp)),
    varint(each.offset - base),
    field(each.key),
    field(each.value),
    varint(BigInt(each.headers.length)),
    ...each.headers.flatMap(([name, value]) => [field(name), field(value)]),
  ])
  return Buffer.concat([varint(BigInt(body.length)), body])
}

function decodeRecord(at: Cursor, { base, baseTimestamp }: Base): ARecord {
  const end = Number(at.varint()) + at.position
  const attributes = at.byte()
  const timestamp = BigInt.asIntN(64, baseTimestamp + at.varint())
  const offset = base + at.varint()
  const [key, value] = [at.field(), at.field()]
  const headers = Array.from({ length: Number(at.varint()) }, () => [at.field() ?? fail(), at.field()] as const)
  if (at.position !== end) fail()
  return { key, value, headers, timestamp, attributes, offset }
}

const fail = (): never => {
  throw new Error('a record does not fill its length')
}

const field = (bytes: Buffer | null): Buffer =>
  bytes === null ? varint(-1n) : Buffer.concat([varint(BigInt(bytes.length)), bytes])

/** A signed number as a zigzag varint. */
export function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}

class Cursor {
  position = 0
  readonly #bytes: Buffer
  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }
  byte(): number {
    return this.#bytes.readUInt8(this.position++)
  }
  varint(): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
    }
  }
  field(): Buffer | null {
    const length = Number(this.varint())
    if (length < 0) return null
    this.position += length
    return this.#bytes.subarray(this.position - length, this.position)
  }
}
