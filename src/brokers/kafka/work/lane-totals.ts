import type { Counts } from '../../../core/event.js'
import type { Settled } from '../../../core/ports.js'
import { addTotals, NO_TOTALS, type Totals } from '../relay/claim.js'

/** What the journal of a run says of its lanes. */
export type Journalled = ReadonlyMap<string, { readonly totals: Totals }>

/** What this run has done in each lane, over all its lives of it: the numbers that travel with the commits. */
export class LaneTotals {
  readonly #journalled: Journalled
  readonly #totals = new Map<number, Totals>()

  constructor(journalled: Journalled) {
    this.#journalled = journalled
  }

  /** The totals of a lane after so much more. */
  after(partition: number, counts: Counts | undefined): Totals {
    const totals = this.#of(partition)
    return counts === undefined ? totals : addTotals(totals, counts)
  }

  set(partition: number, totals: Totals): void {
    this.#totals.set(partition, totals)
  }

  /**
   * What a commit of this very run says more than its journal, to be told once: only the first time that a lane is opened in this process, later ones
   * know it all.
   */
  recover(partition: number, { offset, noted }: { offset: number; noted: Totals }): Settled | undefined {
    if (this.#totals.has(partition)) return undefined
    const counts = addTotals(noted, this.#of(partition), -1n)
    this.set(partition, noted)
    const isMore = counts.read + counts.holes + counts.markers + counts.aborted > 0n
    return isMore ? { mark: String(offset), counts } : undefined
  }

  #of(partition: number): Totals {
    return this.#totals.get(partition) ?? this.#journalled.get(String(partition))?.totals ?? NO_TOTALS
  }
}
