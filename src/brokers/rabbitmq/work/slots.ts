import type { RabbitLink } from '../link.js'
import { isHeld, releaseName, takeName } from './exclusive-name.js'
import { workNames } from './work-names.js'

/** So many names in a row that nobody holds are the end of those that are held. */
const GAPS = 3

/** This process among those that work on the lanes of one run. */
export type Share = { readonly rank: number; readonly of: number }

/** The lanes of a share: those whose number leaves its rank, divided by the number of processes. Pure. */
export const isMine = (lane: number, { rank, of }: Share): boolean => lane % of === rank

/** The share of the process at `own`, when these slots are held. Pure. */
export const shareOf = (own: number, held: readonly number[]): Share => ({
  rank: held.filter(slot => slot < own).length,
  of: new Set([...held, own]).size,
})

/**
 * The slots of a run: exclusive queues `spillway.fanout.RUN.0` and on, one a process, each gone with its connection. Who joins takes the lowest
 * free one; who sees a lower one free moves there, so that no gap stays.
 */
export class Slots {
  readonly #nameOf: (slot: number) => string
  #own: number | undefined

  constructor(run: string) {
    this.#nameOf = workNames(run).slot
  }

  /** A new connection: what was held went with the old one. */
  forget(): void {
    this.#own = undefined
  }

  /** Takes a slot where none is held, or a lower one where one is free, and counts. Throws UserError `permission`, BrokerError. */
  async look(link: RabbitLink): Promise<Share> {
    const own = await this.#settle(link)
    const held: number[] = []
    for (let slot = 0, gaps = 0; gaps < GAPS || slot <= own; slot++) {
      if (slot === own || (await isHeld(link, this.#nameOf(slot)))) {
        held.push(slot)
        gaps = 0
      } else gaps++
    }
    return shareOf(own, held)
  }

  async #settle(link: RabbitLink): Promise<number> {
    const before = this.#own
    for (let slot = 0; ; slot++) {
      if (slot === before) return slot
      if (!(await takeName(link, this.#nameOf(slot)))) continue
      this.#own = slot
      if (before !== undefined) await releaseName(link, this.#nameOf(before))
      return slot
    }
  }
}
