import type { RecordPlace, RecordTaker } from '../records/scatter.js'
import { putVarint, varintBytes, zigzag } from '../records/varint.js'

const [C1, C2] = [0xcc9e2d51, 0x1b873593]
const SEEDS = [0x9747b28c, 0x3c6ef372] as const
const TWO_32 = 4294967296

/** What was summed: how many records, and the sum mod 2^64 of their hashes. Equal multisets of records have equal sums. */
export type Sum = { readonly records: number; readonly sum: bigint }

/**
 * Sums records without regard to their order. Each is hashed over its bytes from the key's length to the last header
 * byte, so that null differs from empty and headers keep their order, and over its timestamp. The hash is MurmurHash3
 * (x86, 32 bit) twice with different seeds in one pass; the sum is mod 2^64.
 */
export class RecordSum implements RecordTaker {
  records = 0
  #low = 0
  #high = 0

  take(data: Buffer, { start, end, timestamp }: Pick<RecordPlace, 'start' | 'end' | 'timestamp'>): void {
    let [a, b] = SEEDS as readonly [number, number]
    const whole = start + ((end - start) & ~3)
    let i = start
    for (; i < whole; i += 4) {
      const k = scramble(at(data, i) | (at(data, i + 1) << 8) | (at(data, i + 2) << 16) | (at(data, i + 3) << 24))
      a = step(a ^ k)
      b = step(b ^ k)
    }
    let rest = 0
    for (let shift = 0; i < end; i++, shift += 8) rest |= at(data, i) << shift
    const high = Math.floor(timestamp / TWO_32)
    for (const k of [scramble(rest), scramble(timestamp - high * TWO_32), scramble(high)]) {
      a = step(a ^ k)
      b = step(b ^ k)
    }
    this.#add(finish(a ^ (end - start)), finish(b ^ (end - start)))
  }

  total(): Sum {
    return { records: this.records, sum: BigInt(this.#high) * BigInt(TWO_32) + BigInt(this.#low) }
  }

  #add(low: number, high: number): void {
    this.records++
    const sum = this.#low + low
    const carry = sum >= TWO_32 ? 1 : 0
    this.#low = sum - carry * TWO_32
    this.#high = (this.#high + high + carry) % TWO_32
  }
}

const at = (data: Buffer, i: number): number => data[i] as number

const scramble = (k: number): number => {
  const mixed = Math.imul(k, C1)
  return Math.imul((mixed << 15) | (mixed >>> 17), C2)
}

const step = (h: number): number => (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0

function finish(h: number): number {
  let x = h ^ (h >>> 16)
  x = Math.imul(x, 0x85ebca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** A record that is at hand decoded: one that was parked. `timestamp` in ms. */
export type WholeRecord = {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly (readonly [name: string | Uint8Array, value: Uint8Array | null])[]
  readonly timestamp: number
}

/** Adds a decoded record, encoded as a record batch holds it (https://kafka.apache.org/documentation/#record). */
export function addWhole(sum: RecordSum, { key, value, headers, timestamp }: WholeRecord): void {
  const parts = [
    ...withLength(key),
    ...withLength(value),
    varint(headers.length),
    ...headers.flatMap(([name, content]) => [
      ...withLength(typeof name === 'string' ? Buffer.from(name) : name),
      ...withLength(content),
    ]),
  ]
  const data = Buffer.concat(parts)
  sum.take(data, { start: 0, end: data.length, timestamp })
}

const withLength = (bytes: Uint8Array | null): Uint8Array[] =>
  bytes === null ? [varint(-1)] : [varint(bytes.length), bytes]

function varint(value: number): Buffer {
  const z = zigzag(value)
  const bytes = Buffer.alloc(varintBytes(z))
  putVarint(bytes, 0, z)
  return bytes
}
