import type { WorkOrder } from '../core/fanout-plan.js'
import type { Entry } from './entry.js'

/** Who has to wait for whom in one lane: entries of a key (or of the lane) form a chain, of which the first alone may be worked. */
export class Chains {
  readonly #nameOf: (entry: Entry) => string | undefined
  /** The last entry of each chain. */
  readonly #tails = new Map<string, Entry>()

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

/** A null key promises no order. */
const NAMES: Readonly<Record<WorkOrder, (entry: Entry) => string | undefined>> = {
  none: () => undefined,
  lane: () => '',
  key: ({ message }) => message?.key?.toString('latin1'),
}
