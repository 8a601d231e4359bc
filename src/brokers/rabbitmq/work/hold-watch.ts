import type { WorkGate } from '../../../fanout/ports.js'

/** A hold that lasts this long ends the channels, before the server's consumer_timeout does. Milliseconds. */
const LONG_MS = 60_000

/** Knows for how long a gate has been closed, by being asked every now and then. */
export class HoldWatch {
  readonly #gate: WorkGate
  #since: number | undefined

  constructor(gate: WorkGate) {
    this.#gate = gate
  }

  /** Whether what is in hand should go back. */
  get isLong(): boolean {
    this.#since = this.#gate.closed ? (this.#since ?? Date.now()) : undefined
    return this.#since !== undefined && Date.now() - this.#since >= LONG_MS
  }
}
