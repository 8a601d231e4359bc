import type { Grant, Pacer } from '../core/rate.js'

/** What tries may still cost of the run's rate, fetched from the pacer ahead of them: the rate holds where a try begins, not where a message is read. */
export class Purse {
  readonly #pacer: Pacer
  readonly #signal: AbortSignal
  /** There is something in it again. */
  readonly #filled: () => void
  #grant: Grant | undefined
  #used = { records: 0, bytes: 0 }
  #version = 0
  #isAsking = false

  constructor(pacer: Pacer, signal: AbortSignal, filled: () => void) {
    this.#pacer = pacer
    this.#signal = signal
    this.#filled = filled
  }

  /** True where a try of so many bytes may begin; else `filled` is called when it is worth asking again. */
  take(bytes: number): boolean {
    if (!this.#pacer.limited) {
      this.#settle()
      return true
    }
    if (this.#grant !== undefined && this.#isWorthless(this.#grant)) this.#settle()
    if (this.#grant === undefined) {
      void this.#ask()
      return false
    }
    this.#used = { records: this.#used.records + 1, bytes: this.#used.bytes + bytes }
    return true
  }

  /** Used up, or granted by another rate than that of now. */
  #isWorthless(grant: Grant): boolean {
    const isUsed = this.#used.records >= grant.records || this.#used.bytes >= grant.bytes
    return isUsed || this.#version !== this.#pacer.version
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    try {
      this.#grant = await this.#pacer.grant(this.#signal)
      this.#version = this.#pacer.version
    } catch (error) {
      // The run is to stop: nothing begins any more.
      if (!this.#signal.aborted) throw error
      return
    } finally {
      this.#isAsking = false
    }
    this.#filled()
  }

  #settle(): void {
    this.#grant?.settle(this.#used)
    this.#grant = undefined
    this.#used = { records: 0, bytes: 0 }
  }
}
