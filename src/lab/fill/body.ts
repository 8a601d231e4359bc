import { putVarint, zigzag } from '../../brokers/kafka/records/varint.js'
import { headerSets } from './headers.js'
import { KEY_BYTES, type Keys, keysFor } from './keys.js'
import { below, type Random, randomFrom } from './random.js'
import type { Recipe } from './request.js'
import { putNumber, valuePool, valueSizes } from './values.js'
import { zipf } from './zipf.js'

/** A key that a careless reader takes for an abort marker: version 0, type 0. */
const MARKER_KEY = Buffer.alloc(4)
const EMPTY_KEY = Buffer.alloc(0)
const KEYLESS = -1

/**
 * Renders records one after the other into one buffer, from key length to last header byte, and says where each belongs.
 * A record's draws depend on the seed and on the records before it alone.
 */
export class BodyMaker {
  /** Holds the record last made, [0, end). */
  readonly buffer: Buffer
  /** Key's place by Java's default partitioner; -1 for a null key, which may go anywhere. */
  partition = KEYLESS
  readonly #keys: Keys
  readonly #draw: Random
  readonly #key: () => number
  readonly #pool: Buffer
  readonly #poolStarts: number
  readonly #sizes: Uint32Array
  readonly #headers: readonly Buffer[]
  readonly #limits: { nullKey: number; emptyKey: number; nullValue: number }
  readonly #placeOf: (key: Buffer) => number

  constructor(recipe: Recipe, placeOf: (key: Buffer) => number) {
    const random = randomFrom(recipe.seed)
    this.#draw = random
    this.#placeOf = placeOf
    this.#keys = keysFor(recipe.keys, recipe.partitions)
    this.#key = zipf(recipe.keys, recipe.zipf, random)
    this.#sizes = valueSizes(recipe)
    this.#headers = headerSets(recipe.headers, random)
    const longest = this.#sizes.reduce((a, b) => Math.max(a, b))
    this.#pool = valuePool(recipe.seed, longest)
    this.#poolStarts = this.#pool.length - longest
    this.buffer = Buffer.allocUnsafeSlow(longest + KEY_BYTES + 16 + Math.max(...this.#headers.map(each => each.length)))
    const nullKey = below(recipe.nullKeys)
    this.#limits = { nullKey, emptyKey: nullKey + below(recipe.emptyKeys), nullValue: below(recipe.nullValues) }
  }

  /** Renders the next record with this number; returns its end in `buffer`. `trap` gives it the key of four zero bytes. */
  next(number: number, trap: boolean): number {
    const o = this.#putValue(trap ? this.#putFixed(MARKER_KEY) : this.#putKey(), number)
    const headers = this.#headers.length === 1 ? 0 : this.#draw() % this.#headers.length
    return o + (this.#headers[headers] as Buffer).copy(this.buffer, o)
  }

  #putKey(): number {
    const { nullKey, emptyKey } = this.#limits
    if (emptyKey > 0) {
      const draw = this.#draw()
      if (draw < nullKey) return this.#putNull()
      if (draw < emptyKey) return this.#putFixed(EMPTY_KEY)
    }
    const index = this.#key()
    this.partition = this.#keys.partition[index] as number
    const o = putVarint(this.buffer, 0, KEY_BYTES * 2)
    return o + this.#keys.bytes.copy(this.buffer, o, index * KEY_BYTES, (index + 1) * KEY_BYTES)
  }

  #putNull(): number {
    this.partition = KEYLESS
    return putVarint(this.buffer, 0, zigzag(-1))
  }

  #putFixed(key: Buffer): number {
    this.partition = this.#placeOf(key)
    const o = putVarint(this.buffer, 0, key.length * 2)
    return o + key.copy(this.buffer, o)
  }

  #putValue(at: number, number: number): number {
    const { nullValue } = this.#limits
    if (nullValue > 0 && this.#draw() < nullValue) return putVarint(this.buffer, at, zigzag(-1))
    const size = this.#sizes.length === 1 ? this.#sizes[0] : this.#sizes[this.#draw() % this.#sizes.length]
    const bytes = size as number
    const o = putVarint(this.buffer, at, bytes * 2)
    const from = this.#draw() % this.#poolStarts
    this.#pool.copy(this.buffer, o, from, from + bytes)
    putNumber(this.buffer, o, number)
    return o + bytes
  }
}
