/**
 * CRC-32C of bytes put together from the CRCs of pieces: n more bytes multiply a CRC by x^(8n) modulo the polynomial
 * (crc32_combine of zlib, https://github.com/madler/zlib/blob/develop/crc32.c), which is linear, and so a few lookups.
 */
const POLYNOMIAL = 0x82f63b78
/** Pieces of up to 2^24 bytes. */
const POWERS = 24

/** One byte more: the classic table. */
const BYTE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
  return crc
})

/** Per power of two: what 2^i zero bytes make of each byte of a CRC, four tables of 256 in a row. Made at the first use. */
const zeros: Int32Array[] = []

const shiftBy = (table: Int32Array, crc: number): number =>
  (table[crc & 255] as number) ^
  (table[256 | ((crc >>> 8) & 255)] as number) ^
  (table[512 | ((crc >>> 16) & 255)] as number) ^
  (table[768 | (crc >>> 24)] as number)

const oneZero = (crc: number): number => (BYTE[crc & 255] as number) ^ (crc >>> 8)

function makeTables(): void {
  let shift = oneZero
  for (let i = 0; i < POWERS; i++) {
    const before = shift
    const twice = i === 0 ? oneZero : (crc: number) => before(before(crc))
    const table = Int32Array.from({ length: 1024 }, (_, at) => twice((at & 255) << (8 * (at >>> 8))))
    zeros.push(table)
    shift = crc => shiftBy(table, crc)
  }
}

/** CRC of A followed by B, from the CRC of A, the CRC of B and the length of B in bytes, below 2^24. Signed 32 bits. */
export function appendCrc(ofA: number, ofB: number, bytesOfB: number): number {
  if (zeros.length === 0) makeTables()
  let crc = ofA
  for (let left = bytesOfB, i = 0; left > 0; left >>>= 1, i++) if (left & 1) crc = shiftBy(zeros[i] as Int32Array, crc)
  return crc ^ ofB
}

/** CRC of A followed by `set[from, to)`, byte by byte: for a few bytes, where a native call would cost more. Signed 32 bits. */
export function appendBytes(ofA: number, set: Buffer, span: { from: number; to: number }): number {
  let crc = ~ofA
  for (let i = span.from; i < span.to; i++) crc = (BYTE[(crc ^ (set[i] as number)) & 255] as number) ^ (crc >>> 8)
  return ~crc
}
