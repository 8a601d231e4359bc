import { BrokerError } from '../../../src/errors.js'
import type { LaneSink, Outgoing, ReplayPosition } from '../../../src/replay/ports.js'

/** A target in memory that keeps the position, as Kafka does; `fail` throws at the n-th send (from 1). */
export class MemoryLane implements LaneSink {
  readonly page = { messages: 3, bytes: 1 << 20 }
  readonly uncommitted = 0
  /** Marks of what is visible. */
  readonly visible: string[] = []
  readonly sends: number[] = []
  kept: ReplayPosition | undefined
  #open: readonly Outgoing[] = []
  readonly #fail: ReadonlySet<number>

  constructor(fail: readonly number[] = [], kept?: ReplayPosition) {
    this.#fail = new Set(fail)
    this.kept = kept
  }

  async position() {
    this.#open = []
    return this.kept
  }

  async prepare(items: readonly Outgoing[]) {
    return items
      .filter(({ message }) => message.value?.toString() === 'poison')
      .map(item => ({ item, reason: 'it is poison' }))
  }

  async send(items: readonly Outgoing[]) {
    this.sends.push(items.length)
    if (this.#fail.has(this.sends.length)) throw new BrokerError('gone', { retry: true })
    this.#open = items
    return []
  }

  async commit(position: ReplayPosition) {
    this.visible.push(...this.#open.map(({ message }) => message.mark))
    this.#open = []
    this.kept = position
  }

  async abandon() {
    this.#open = []
  }

  takeRepeats(): number {
    return 0
  }
}
