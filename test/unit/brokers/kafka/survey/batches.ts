import { Buffer } from 'node:buffer'
import { gzipSync } from 'node:zlib'

export type TestRecord = { key?: string | Buffer; value?: string; offsetDelta?: number; timestampDelta?: number }
export type TestBatch = {
  baseOffset?: number
  baseTimestamp?: number
  maxTimestamp?: number
  attributes?: number
  lastOffsetDelta?: number
  records: readonly TestRecord[]
}

const varint = (value: number): Buffer => {
  let z = value >= 0 ? value * 2 : -value * 2 - 1
  const bytes: number[] = []
  for (; z >= 128; z = Math.floor(z / 128)) bytes.push((z % 128) | 128)
  return Buffer.from([...bytes, z])
}

const field = (bytes: Buffer | undefined): Buffer =>
  bytes === undefined ? varint(-1) : Buffer.concat([varint(bytes.length), bytes])

const record = ({ key, value = 'v', offsetDelta, timestampDelta = 0 }: TestRecord, index: number): Buffer => {
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(timestampDelta),
    varint(offsetDelta ?? index),
    field(key === undefined ? undefined : Buffer.from(key as string)),
    field(Buffer.from(value)),
    varint(0),
  ])
  return Buffer.concat([varint(body.length), body])
}

/** A record batch as a fetch response holds it; attributes 1 compresses with gzip. The checksum is left out. */
export const batch = (shape: TestBatch): Buffer => {
  const plain = Buffer.concat(shape.records.map(record))
  const body = ((shape.attributes ?? 0) & 7) === 1 ? gzipSync(plain) : plain
  const header = Buffer.alloc(61)
  const stamp = shape.baseTimestamp ?? 1_000_000
  header.writeBigInt64BE(BigInt(shape.baseOffset ?? 0), 0)
  header.writeInt32BE(49 + body.length, 8)
  header[16] = 2
  header.writeInt16BE(shape.attributes ?? 0, 21)
  header.writeInt32BE(shape.lastOffsetDelta ?? shape.records.length - 1, 23)
  header.writeBigInt64BE(BigInt(stamp), 27)
  header.writeBigInt64BE(BigInt(shape.maxTimestamp ?? stamp), 35)
  header.writeInt32BE(shape.records.length, 57)
  return Buffer.concat([header, body])
}
