import type { WorkOrder } from '../core/fanout-plan.js'
import type { Message } from '../core/message.js'
import { murmur2 } from '../core/murmur2.js'
import type { Entry } from './entry.js'

/**
 * Who has to wait for whom in one lane: entries of a key (or of the lane) form a chain, of which the first alone may be worked. Keys are told
 * apart by their hash: two keys that share one wait for each other now and then, and are in order all the same.
 */
export class Chains {
  readonly #nameOf: (entry: Entry) => number | undefined
  /** The last entry of each chain. */
  readonly #tails = new Map<number, Entry>()

  constructor(order: WorkOrder) {
    this.#nameOf = NAMES[order]
  }

  /** True where nothing stands before it. */
  admit(entry: Entry): boolean {
    const name = this.#nameOf(entry)
    if (name === undefined) return true
    const tail = this.#tails.get(name)
    this.#tails.set(name, entry)
    if (tail === undefined) return true
    tail.follower = entry
    return false
  }

  /** The entry that may be worked now that this one is over. */
  release(entry: Entry): Entry | undefined {
    const { follower } = entry
    entry.follower = undefined
    if (follower !== undefined) return follower
    const name = this.#nameOf(entry)
    if (name !== undefined && this.#tails.get(name) === entry) this.#tails.delete(name)
    return undefined
  }
}

/** Small integers are cheap to look up; two bits less than a hash. */
const SMALL = 0x3fffffff

const NAMES: Readonly<Record<WorkOrder, (entry: Entry) => number | undefined>> = {
  none: () => undefined,
  lane: () => 0,
  key: ({ message }) => (message === undefined ? undefined : hashOf(message)),
}

/** A null key promises no order. */
function hashOf(message: Message): number | undefined {
  if (message.keyHash !== undefined) return message.keyHash & SMALL
  const { key } = message
  return key === null ? undefined : murmur2(key, 0, key.length) & SMALL
}
