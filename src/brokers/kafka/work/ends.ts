import { listOffsets } from '../admin/list-offsets.js'
import type { Link } from '../link.js'
import type { Leaders } from '../relay/leaders.js'
import { pause } from './patience.js'

/** Ends of a topic that still grows are read anew this often. */
const EVERY_MS = 1000

export type EndsOf = {
  readonly link: Link
  readonly leaders: Leaders
  /** Whether nothing more will be written to the topic. */
  readonly isWhole: () => boolean | Promise<boolean>
}

/** Where each lane of a topic ends: its last stable offset, read anew while the topic still grows. */
export class Ends {
  readonly #of: EndsOf
  #marks = new Map<number, number>()
  #final = false
  #waiting: (() => void)[] = []

  constructor(of: EndsOf) {
    this.#of = of
  }

  /** They were read after the topic was whole: nothing comes behind them. */
  get final(): boolean {
    return this.#final
  }

  of(partition: number): number {
    return this.#marks.get(partition) ?? 0
  }

  /** Reads them. Throws BrokerError, RunError `topic-gone`. */
  async refresh(): Promise<void> {
    const { link, leaders, isWhole } = this.#of
    const whole = await isWhole()
    const partitions = Array.from({ length: leaders.partitions }, (_, partition) => partition)
    const found = await listOffsets(link, leaders.topic, partitions, 'stable')
    for (const [partition, { offset }] of found) this.#marks.set(partition, Math.max(offset, this.of(partition)))
    this.#final = whole
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Reads them again and again until they are final. `again` waits faults out. Throws what does not pass. */
  async follow(signal: AbortSignal, again: (read: () => Promise<void>) => Promise<void>): Promise<void> {
    while (!this.#final && !signal.aborted) {
      await pause(EVERY_MS, signal)
      if (!signal.aborted) await again(() => this.refresh())
    }
  }

  /** Resolves when they have been read again, or the signal aborts. */
  async change(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await new Promise<void>(resolve => {
      const wake = () => {
        signal.removeEventListener('abort', wake)
        resolve()
      }
      signal.addEventListener('abort', wake)
      this.#waiting.push(wake)
    })
  }
}
