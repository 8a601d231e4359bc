import { lookAt } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'
import { mayPass } from '../work/reconnecting.js'

/** A queue is looked at anew after so long: it may have been deleted, or made again. Milliseconds. */
const FRESH_MS = 10_000

/** Knows which queues are there, by passive declares over a connection that others keep alive. */
export class OriginQueues {
  readonly #link: () => Promise<RabbitLink>
  readonly #now: () => number
  readonly #known = new Map<string, { readonly at: number; readonly isThere: Promise<boolean> }>()

  constructor(link: () => Promise<RabbitLink>, now: () => number = Date.now) {
    this.#link = link
    this.#now = now
  }

  /** Whether a queue is there. While nobody can tell it counts as there: the way to it holds until the broker is back. */
  has(queue: string): Promise<boolean> {
    const known = this.#known.get(queue)
    if (known !== undefined && this.#now() - known.at < FRESH_MS) return known.isThere
    const isThere = this.#look(queue)
    this.#known.set(queue, { at: this.#now(), isThere })
    return isThere
  }

  async #look(queue: string): Promise<boolean> {
    try {
      return (await lookAt(await this.#link(), queue)) !== undefined
    } catch (error) {
      this.#known.delete(queue)
      if (mayPass(error)) return true
      throw error
    }
  }
}
