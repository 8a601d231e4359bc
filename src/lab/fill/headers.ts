import { putVarint, zigzag } from '../../brokers/kafka/records/varint.js'
import type { Random } from './random.js'

const SETS = 256

type Header = readonly [name: string, value: string | null]

const trace = (random: Random): Header => ['trace-id', random().toString(16).padStart(8, '0')]

/** Awkward but legal: null and empty values, no name, a name twice, names that break careless JavaScript, other alphabets. */
const KINDS: readonly ((random: Random) => Header)[] = [
  trace,
  () => ['retry', null],
  () => ['retry', ''],
  () => ['__proto__', 'polluted'],
  () => ['constructor', null],
  () => ['', 'nameless'],
  () => ['größe', 'ß✓'],
  trace,
]

/** Header sections as they stand in a record, from the count on, each of 0 to `most` headers. */
export function headerSets(most: number, random: Random): Buffer[] {
  if (most === 0) return [section([])]
  return Array.from({ length: SETS }, () => section(drawn(random() % (most + 1), random)))
}

function drawn(count: number, random: Random): Header[] {
  const headers = Array.from({ length: count }, () => (KINDS[random() % KINDS.length] ?? trace)(random))
  const [first] = headers
  return first !== undefined && count > 1 && random() % 4 === 0 ? [...headers.slice(0, -1), first] : headers
}

/** Encodes headers as record format v2 has them; a null value has length -1. */
export function section(headers: readonly Header[]): Buffer {
  const target = Buffer.alloc(
    16 + headers.reduce((sum, [name, value]) => sum + 10 + 4 * (name.length + (value?.length ?? 0)), 0),
  )
  let o = putVarint(target, 0, zigzag(headers.length))
  for (const [name, value] of headers) {
    o = putVarint(target, o, zigzag(Buffer.byteLength(name)))
    o += target.write(name, o)
    o = putVarint(target, o, zigzag(value === null ? -1 : Buffer.byteLength(value)))
    if (value !== null) o += target.write(value, o)
  }
  return target.subarray(0, o)
}
