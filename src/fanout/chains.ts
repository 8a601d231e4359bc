import type { WorkOrder } from '../core/fanout-plan.js'
import type { Message } from '../core/message.js'
import { murmur2 } from '../core/murmur2.js'
import type { Entry } from './entry.js'

/** A power of two: far more than the keys of a lane that are at work together. */
const PLACES = 8192

/**
 * Who has to wait for whom in one lane: entries of a key (or of the lane) form a chain, of which the first alone may be worked. Keys are told
 * apart by 31 bits of hash. Chains stand in a plain table by their lowest bits, and only those whose place is taken in a map: a map of all keys
 * that come and go cost as much as everything else together, most of it in collecting memory.
 */
export class Chains {
  readonly #hashOf: (message: Message) => number | undefined
  /** The last entry of each chain. */
  readonly #tails: (Entry | undefined)[] = new Array(PLACES).fill(undefined)
  readonly #displaced = new Map<number, Entry>()

  constructor(order: WorkOrder) {
    this.#hashOf = HASHES[order]
  }

  /** True where nothing stands before it. */
  admit(entry: Entry): boolean {
    const hash = entry.message === undefined ? undefined : this.#hashOf(entry.message)
    if (hash === undefined) return true
    entry.hash = hash
    const displaced = this.#displaced.size === 0 ? undefined : this.#displaced.get(hash)
    const place = hash & (PLACES - 1)
    const tail = displaced ?? this.#tails[place]
    const isSame = tail?.hash === hash
    if (displaced !== undefined || (tail !== undefined && !isSame)) this.#displaced.set(hash, entry)
    else this.#tails[place] = entry
    if (!isSame) return true
    tail.follower = entry
    return false
  }

  /** The entry that may be worked now that this one is over. */
  release(entry: Entry): Entry | undefined {
    const { follower, hash } = entry
    entry.follower = undefined
    if (follower !== undefined || hash < 0) return follower
    const place = hash & (PLACES - 1)
    if (this.#tails[place] === entry) this.#tails[place] = undefined
    else if (this.#displaced.get(hash) === entry) this.#displaced.delete(hash)
    return undefined
  }
}

const HASHES: Readonly<Record<WorkOrder, (message: Message) => number | undefined>> = {
  none: () => undefined,
  lane: () => 0,
  key: message => message.keyHash ?? hashOf(message),
}

/** A null key promises no order. */
const hashOf = ({ key }: Message): number | undefined => (key === null ? undefined : murmur2(key, 0, key.length))
