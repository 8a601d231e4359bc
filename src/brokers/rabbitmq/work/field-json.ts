import { isUtf8 } from 'node:buffer'
import { type Entry, entries } from '../wire/field-table.js'

const TEXT = 'S'.charCodeAt(0)
const BYTES = 'x'.charCodeAt(0)
const VOID = 'V'.charCodeAt(0)

/** Whether the value of an entry is bytes in themselves: a long string or a byte array. */
export const isBytes = ({ type }: Entry): boolean => type === TEXT || type === BYTES

/** Whether an entry says that it has no value. */
export const isVoid = ({ type }: Entry): boolean => type === VOID

/**
 * The value of an entry of a field table as JSON text. Integers with all their digits, decimals as numbers, timestamps in seconds, tables in their
 * order with all repetitions; bytes that are not UTF-8 as `{"base64":…}`.
 */
export function jsonOf(bytes: Buffer, entry: Entry): string {
  const letter = String.fromCharCode(entry.type)
  const read = SCALARS[letter]
  if (read !== undefined) return read(bytes, entry.value)
  if (letter === 'A') return `[${[...items(bytes, entry)].map(item => jsonOf(bytes, item)).join(',')}]`
  if (letter === 'F') return tableOf(bytes, entry)
  return textOf(bytes.subarray(entry.value, entry.to))
}

const tableOf = (bytes: Buffer, { value, to }: Entry): string => {
  const pairs = [...entries(bytes, value, to)].map(each => `${JSON.stringify(each.name)}:${jsonOf(bytes, each)}`)
  return `{${pairs.join(',')}}`
}

const textOf = (value: Buffer): string =>
  isUtf8(value) ? JSON.stringify(value.toString()) : `{"base64":"${value.toString('base64')}"}`

/** Items of an array are entries without names: each is read as if an empty name stood before it. */
function* items(bytes: Buffer, { value, to }: Entry): Generator<Entry> {
  for (let at = value; at < to; ) {
    const piece = Buffer.concat([Buffer.of(0), bytes.subarray(at, to)])
    const [first] = entries(piece, 0, piece.length)
    if (first === undefined) return
    const shift = at - 1
    yield { ...first, from: at, value: first.value + shift, to: first.to + shift }
    at = first.to + shift
  }
}

// A double that JSON has no number for is told as text.
const number = (value: number): string => (Number.isFinite(value) ? String(value) : JSON.stringify(String(value)))

const decimal = (bytes: Buffer, at: number): string => {
  const scale = bytes.readUInt8(at)
  const digits = String(bytes.readUInt32BE(at + 1)).padStart(scale + 1, '0')
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

const SCALARS: Readonly<Record<string, (bytes: Buffer, at: number) => string>> = {
  t: (bytes, at) => String(bytes[at] !== 0),
  b: (bytes, at) => String(bytes.readInt8(at)),
  B: (bytes, at) => String(bytes.readUInt8(at)),
  s: (bytes, at) => String(bytes.readInt16BE(at)),
  u: (bytes, at) => String(bytes.readUInt16BE(at)),
  I: (bytes, at) => String(bytes.readInt32BE(at)),
  i: (bytes, at) => String(bytes.readUInt32BE(at)),
  l: (bytes, at) => String(bytes.readBigInt64BE(at)),
  L: (bytes, at) => String(bytes.readBigInt64BE(at)),
  f: (bytes, at) => number(bytes.readFloatBE(at)),
  d: (bytes, at) => number(bytes.readDoubleBE(at)),
  D: decimal,
  T: (bytes, at) => String(bytes.readBigUInt64BE(at)),
  V: () => 'null',
}
