import { crc32c } from '@node-rs/crc32'
import type { IndexRow, Piece, PieceFormat } from '../../../archive/ports.js'
import { compress, decompress } from '../../../archive/zstd.js'
import { type QueueRecord, readRecord, recordBytes, writeRecord } from './record.js'

/**
 * A piece: a zstd skippable frame (RFC 8878, 3.1.2), which `zstd -d` passes over, then a zstd frame of records. Integers of the skippable frame are
 * little-endian, as zstd has them: magic number u32, length of what follows u32, version u8 and three zeros, first mark u64, next mark u64, records u32,
 * bytes of the zstd frame u32, CRC-32C of all before it and of the zstd frame u32.
 */
const MAGIC = 0x184d2a51
const VERSION = 1
const HEAD = 40
const CRC_AT = 36

/** A queue may have any name, a folder may not; an archive holds one queue. */
const FOLDER = 'queue'

/** Pieces of a queue, which is the archive's one lane. Marks count its messages in the archive, from 0 on. */
export const rabbitmqFormat = (lane: string): PieceFormat => ({
  system: 'rabbitmq',
  ending: '.amqp.zst',
  headBytes: HEAD,
  folder: () => FOLDER,
  laneOf: folder => (folder === FOLDER ? lane : undefined),
  length: pieceLength,
  first: piece => String(piece.readBigUInt64LE(12)),
  next: piece => String(piece.readBigUInt64LE(20)),
  check: checkPiece,
})

/**
 * Makes a piece of records, compressed off the main thread; `first` is the mark of the first of them, `rows` their rows in the index. The bytes of the
 * records are copied before it returns to its caller.
 */
export async function encodePiece(
  first: number,
  records: readonly QueueRecord[],
  rows: readonly IndexRow[],
): Promise<Piece> {
  const zstd = await compress(plain(records))
  const head = Buffer.alloc(HEAD)
  head.writeUInt32LE(MAGIC, 0)
  head.writeUInt32LE(HEAD - 8, 4)
  head.writeUInt8(VERSION, 8)
  head.writeBigUInt64LE(BigInt(first), 12)
  head.writeBigUInt64LE(BigInt(first + records.length), 20)
  head.writeUInt32LE(records.length, 28)
  head.writeUInt32LE(zstd.length, 32)
  head.writeUInt32LE(crc32c(zstd, crc32c(head.subarray(0, CRC_AT))) >>> 0, CRC_AT)
  return { bytes: [head, zstd], first: String(first), next: String(first + records.length), rows }
}

/** The records of a piece, in order; views of a fresh buffer. Throws TypeError where they are damaged. */
export function decodeRecords(piece: Buffer): readonly QueueRecord[] {
  const bytes = decompress(piece.subarray(HEAD))
  const records: QueueRecord[] = []
  for (let at = 0; at < bytes.length; ) {
    const { record, end } = readRecord(bytes, at)
    records.push(record)
    at = end
  }
  if (records.length !== piece.readUInt32LE(28))
    throw new TypeError(`a piece of ${piece.readUInt32LE(28)} records holds ${records.length}`)
  return records
}

function plain(records: readonly QueueRecord[]): Buffer {
  let bytes = 0
  for (const record of records) bytes += recordBytes(record)
  const into = Buffer.allocUnsafe(bytes)
  let at = 0
  for (const record of records) at = writeRecord(into, at, record)
  return into
}

function pieceLength(bytes: Buffer, at: number): number | undefined {
  if (bytes.length - at < HEAD) return undefined
  if (bytes.readUInt32LE(at) !== MAGIC || bytes.readUInt32LE(at + 4) !== HEAD - 8)
    throw new TypeError('no piece of an archive begins here')
  if (bytes.readUInt8(at + 8) !== VERSION)
    throw new TypeError(`a piece of version ${bytes.readUInt8(at + 8)}; this Spillway reads ${VERSION}`)
  return HEAD + bytes.readUInt32LE(at + 32)
}

function checkPiece(piece: Buffer): void {
  const sum = crc32c(piece.subarray(HEAD), crc32c(piece.subarray(0, CRC_AT))) >>> 0
  if (sum !== piece.readUInt32LE(CRC_AT))
    throw new TypeError(`the piece from message ${piece.readBigUInt64LE(12)} on does not match its checksum`)
}
