import { crc32c } from '@node-rs/crc32'

const POLYNOMIAL = 0x82f63b78
/** Bytes for which a call into native code costs more than the sum itself. */
const SMALL = 256

/** Eight tables of 256, for eight bytes at a time ("slicing-by-8", https://dl.acm.org/doi/10.1109/TC.2008.85). */
const TABLES = makeTables()

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    tables[byte] = crc
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256] as number
    tables[i] = (before >>> 8) ^ (tables[before & 255] as number)
  }
  return tables
}

/** CRC-32C of data[start, end), unsigned: for millions of small pieces, each too small for native code. */
export function crcOf(data: Buffer, start: number, end: number): number {
  if (end - start > SMALL) return crc32c(data.subarray(start, end))
  let crc = -1
  let i = start
  for (const last = end - 8; i <= last; i += 8) crc = eight(data, i, crc)
  for (; i < end; i++) crc = (TABLES[(crc ^ (data[i] as number)) & 255] as number) ^ (crc >>> 8)
  return ~crc >>> 0
}

function eight(data: Buffer, at: number, before: number): number {
  const crc =
    before ^
    ((data[at] as number) |
      ((data[at + 1] as number) << 8) |
      ((data[at + 2] as number) << 16) |
      ((data[at + 3] as number) << 24))
  return (
    (TABLES[1792 + (crc & 255)] as number) ^
    (TABLES[1536 + ((crc >>> 8) & 255)] as number) ^
    (TABLES[1280 + ((crc >>> 16) & 255)] as number) ^
    (TABLES[1024 + (crc >>> 24)] as number) ^
    (TABLES[768 + (data[at + 4] as number)] as number) ^
    (TABLES[512 + (data[at + 5] as number)] as number) ^
    (TABLES[256 + (data[at + 6] as number)] as number) ^
    (TABLES[data[at + 7] as number] as number)
  )
}
