import type { OffsetEntry } from '../wire/transactions.js'

type Waiting = { readonly entry: OffsetEntry; readonly done: () => void; readonly failed: (error: unknown) => void }

/** Puts the commits of many lanes into one request: while one is on its way, the next ones gather. */
export class Committer {
  readonly #send: (entries: readonly OffsetEntry[]) => Promise<void>
  #waiting: Waiting[] = []
  #busy = false

  /** `send` waits out what passes; what it throws is thrown to all whose commits were in that request. */
  constructor(send: (entries: readonly OffsetEntry[]) => Promise<void>) {
    this.#send = send
  }

  /** Resolves when the broker has it. One call at a time for each partition. */
  commit(entry: OffsetEntry): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ entry, done, failed })
      if (!this.#busy) void this.#drain()
    })
  }

  async #drain(): Promise<void> {
    this.#busy = true
    // All lanes that settle in this turn go together.
    await new Promise(resolve => setImmediate(resolve))
    while (this.#waiting.length > 0) await this.#round(this.#waiting.splice(0))
    this.#busy = false
  }

  async #round(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#send(batch.map(({ entry }) => entry))
      for (const { done } of batch) done()
    } catch (error) {
      for (const { failed } of batch) failed(error)
    }
  }
}
