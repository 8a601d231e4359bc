/** One entry of a field table: the name, the octet of its type, and its value, as offsets. */
export type Entry = {
  readonly from: number
  readonly name: string
  readonly type: number
  readonly value: number
  readonly to: number
}

// Bytes of a value by its type octet, as RabbitMQ writes them (its rabbit_binary_parser.erl); -4: a length of 32 bits stands before it.
const SIZES: Readonly<Record<string, number>> = {
  t: 1,
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  I: 4,
  i: 4,
  l: 8,
  L: 8,
  f: 4,
  d: 8,
  D: 5,
  T: 8,
  V: 0,
  S: -4,
  x: -4,
  A: -4,
  F: -4,
}

/** Walks the entries between two offsets (the table's length is not part of them). Ends early at a type that nobody knows. */
export function* entries(bytes: Buffer, from: number, to: number): Generator<Entry> {
  for (let at = from; at < to; ) {
    const name = at + 1 + (bytes[at] ?? 0)
    const type = bytes[name] ?? 0
    const size = SIZES[String.fromCharCode(type)]
    if (size === undefined || name >= to) return
    const value = size < 0 ? name + 5 : name + 1
    const end = size < 0 ? value + bytes.readUInt32BE(name + 1) : value + size
    yield { from: at, name: bytes.toString('utf8', at + 1, name), type, value, to: end }
    at = end
  }
}

const TWO_LETTERS = { read: 'L'.charCodeAt(0), written: 'l'.charCodeAt(0) } as const

/**
 * The bytes of an entry as RabbitMQ writes it anew: it reads a signed 64-bit integer by two letters, `l` and `L`, and writes the first (rabbit_binary_parser.erl,
 * rabbit_binary_generator.erl). Uncopied where that changes nothing.
 */
export function rewritten(entry: Buffer): Buffer {
  if (!entry.includes(TWO_LETTERS.read)) return entry
  const bytes = Buffer.from(entry)
  rewrite(bytes, 1 + (bytes[0] ?? 0))
  return bytes
}

/** Rewrites the value whose type octet stands here; gives the place behind it. */
function rewrite(bytes: Buffer, at: number): number {
  const letter = String.fromCharCode(bytes[at] ?? 0)
  const size = SIZES[letter]
  if (size === undefined) return bytes.length
  if (bytes[at] === TWO_LETTERS.read) bytes[at] = TWO_LETTERS.written
  if (size >= 0) return at + 1 + size
  const end = at + 5 + bytes.readUInt32BE(at + 1)
  if (letter === 'A') for (let item = at + 5; item < end; ) item = rewrite(bytes, item)
  if (letter === 'F') for (let name = at + 5; name < end; ) name = rewrite(bytes, name + 1 + (bytes[name] ?? 0))
  return end
}

/** The first entry of this name. */
export function findEntry(bytes: Buffer, span: { from: number; to: number }, name: string): Entry | undefined {
  for (const entry of entries(bytes, span.from, span.to)) if (entry.name === name) return entry
  return undefined
}

/** An entry whose value is a long string (`S`). */
export function longString(name: string, value: Buffer): Buffer {
  const entry = Buffer.alloc(1 + name.length + 5 + value.length)
  entry[0] = name.length
  entry.write(`${name}S`, 1, 'latin1')
  entry.writeUInt32BE(value.length, name.length + 2)
  value.copy(entry, name.length + 6)
  return entry
}

/** The number in an entry of an integer type; undefined for any other. */
export function integerOf(bytes: Buffer, { type, value }: Entry): number | undefined {
  const read = INTEGERS[String.fromCharCode(type)]
  return read?.(bytes, value)
}

const INTEGERS: Readonly<Record<string, (bytes: Buffer, at: number) => number>> = {
  b: (bytes, at) => bytes.readInt8(at),
  B: (bytes, at) => bytes.readUInt8(at),
  s: (bytes, at) => bytes.readInt16BE(at),
  u: (bytes, at) => bytes.readUInt16BE(at),
  I: (bytes, at) => bytes.readInt32BE(at),
  i: (bytes, at) => bytes.readUInt32BE(at),
  l: (bytes, at) => Number(bytes.readBigInt64BE(at)),
  L: (bytes, at) => Number(bytes.readBigInt64BE(at)),
}
