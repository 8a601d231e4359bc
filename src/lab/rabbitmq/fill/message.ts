import { below, fraction, type Random, randomFrom } from '../../fill/random.js'
import { NUMBER_DIGITS, putNumber, valuePool, valueSizes } from '../../fill/values.js'
import { zipf } from '../../fill/zipf.js'
import { headerSets } from './headers.js'
import type { QueueRecipe } from './request.js'
import { shortString, sized, tableEntries } from './table.js'

/** Property flags of a content header, in the order of their values (AMQP 0-9-1, class basic). */
const FLAGS = {
  contentType: 1 << 15,
  headers: 1 << 13,
  deliveryMode: 1 << 12,
  priority: 1 << 11,
  expiration: 1 << 8,
  messageId: 1 << 7,
  timestamp: 1 << 6,
  type: 1 << 5,
  userId: 1 << 4,
  appId: 1 << 3,
}
const PERSISTENT = 2
const SIZES = 4096

/** A message ready to be framed: routing key, property flags and values as they stand in a header frame, body. */
export type Rendered = {
  readonly routingKey: Buffer
  readonly flags: number
  readonly properties: Buffer
  readonly body: Buffer
}

/** Draws messages one after the other; what a message is depends on the seed and on the messages before it alone. */
export class MessageMaker {
  readonly #recipe: QueueRecipe
  readonly #now: number
  readonly #draw: Random
  readonly #key: () => number
  readonly #keys: (readonly [routingKey: Buffer, entry: Buffer])[] = []
  readonly #headers: readonly Buffer[]
  readonly #pool: Buffer
  readonly #poolStarts: number
  readonly #sizes: Uint32Array
  readonly #nullKey: number
  readonly #constant: { readonly before: Buffer; readonly expiration: Buffer; readonly after: Buffer }

  /** `now` is the time of the last message, in milliseconds since 1970. */
  constructor(recipe: QueueRecipe, now: number) {
    const random = randomFrom(recipe.seed)
    this.#recipe = recipe
    this.#now = now
    this.#draw = random
    this.#key = zipf(recipe.keys, recipe.zipf, random)
    this.#headers = headerSets(recipe.headers, random)
    this.#sizes = sizesOf(recipe)
    const longest = this.#sizes.reduce((a, b) => Math.max(a, b))
    this.#pool = valuePool(recipe.seed, longest)
    this.#poolStarts = this.#pool.length - longest
    this.#nullKey = below(recipe.nullKeys)
    this.#constant = constantsOf(recipe)
  }

  /** The message with this number, from 0. */
  next(number: number): Rendered {
    const [routingKey, keyEntry] = this.#nextKey()
    const { flags, properties } = this.#properties(number, keyEntry)
    return { routingKey, flags, properties, body: this.#body(number) }
  }

  #nextKey(): readonly [Buffer, Buffer] {
    if (this.#nullKey > 0 && this.#draw() < this.#nullKey) return NO_KEY
    const index = this.#key()
    const known = this.#keys[index]
    if (known !== undefined) return known
    const name = `customer-${String(index).padStart(8, '0')}`
    const entry = tableEntries([['key', { type: 'S', value: Buffer.from(name) }]])
    const made = [Buffer.from(name), this.#recipe.headers === 'none' ? EMPTY : entry] as const
    this.#keys[index] = made
    return made
  }

  #properties(number: number, keyEntry: Buffer): { flags: number; properties: Buffer } {
    const { maxPriority, expirationMs, userId, seed, headers } = this.#recipe
    const set = this.#headers[this.#headers.length === 1 ? 0 : this.#draw() % this.#headers.length] as Buffer
    const { before, expiration, after } = this.#constant
    const parts = [before]
    let flags = FLAGS.contentType | FLAGS.deliveryMode | FLAGS.messageId | FLAGS.timestamp | FLAGS.type | FLAGS.appId
    if (headers !== 'none') {
      flags |= FLAGS.headers
      parts.push(sized(Buffer.concat([keyEntry, set])))
    }
    parts.push(DELIVERY_MODE)
    if (maxPriority !== undefined) {
      flags |= FLAGS.priority
      parts.push(Buffer.of(this.#draw() % (maxPriority + 1)))
    }
    if (expirationMs !== undefined) flags |= FLAGS.expiration
    if (userId) flags |= FLAGS.userId
    const id = shortString(`${seed}-${String(number).padStart(NUMBER_DIGITS, '0')}`)
    parts.push(expiration, id, this.#timestamp(number), after)
    return { flags, properties: Buffer.concat(parts) }
  }

  /** Oldest first, the last one now; in whole seconds, as AMQP has them. */
  #timestamp(number: number): Buffer {
    const { spreadMs, messages } = this.#recipe
    const at = this.#now - Math.floor((spreadMs * (messages - 1 - number)) / messages)
    const out = Buffer.allocUnsafe(8)
    out.writeBigUInt64BE(BigInt(Math.floor(at / 1000)))
    return out
  }

  #body(number: number): Buffer {
    const size = (this.#sizes.length === 1 ? this.#sizes[0] : this.#sizes[this.#draw() % this.#sizes.length]) as number
    const from = this.#draw() % this.#poolStarts
    if (size < NUMBER_DIGITS) return this.#pool.subarray(from, from + size)
    const body = Buffer.from(this.#pool.subarray(from, from + size))
    putNumber(body, 0, number)
    return body
  }
}

const EMPTY = Buffer.alloc(0)
const NO_KEY = [EMPTY, EMPTY] as const
const DELIVERY_MODE = Buffer.of(PERSISTENT)

/** Properties that all messages share, before the headers, between priority and message id, and after the timestamp. */
function constantsOf({ expirationMs, userId, settings }: QueueRecipe) {
  const type = shortString('order')
  const app = shortString('spillway-lab')
  return {
    before: shortString('application/json'),
    expiration: expirationMs === undefined ? EMPTY : shortString(String(expirationMs)),
    after: Buffer.concat([type, userId ? shortString(settings.username) : EMPTY, app]),
  }
}

/** Sizes of bodies in bytes, to be drawn from evenly. */
function sizesOf({ sizes, size, seed }: QueueRecipe): Uint32Array {
  if (sizes !== 'spread') return size === 0 ? new Uint32Array(1) : valueSizes({ sizes, size, seed })
  const random = randomFrom(seed ^ 0x51ee9)
  const drawn = () => Math.floor((size + 1) ** fraction(random())) - 1
  return Uint32Array.from({ length: SIZES }, (_, index) => (index === 0 ? size : drawn()))
}
