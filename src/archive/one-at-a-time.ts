/** Work that calls at the same time share: what is called while it is under way begins anew behind it, once for all of them. */
export class OneAtATime {
  readonly #work: () => Promise<void>
  #running: Promise<void> | undefined
  #queued: Promise<void> | undefined

  constructor(work: () => Promise<void>) {
    this.#work = work
  }

  /** Resolves when the work was begun after this call, and done. Throws what it throws. */
  run(): Promise<void> {
    if (this.#running === undefined) return this.#begin()
    const next = () => {
      this.#queued = undefined
      return this.#begin()
    }
    this.#queued ??= this.#running.then(next, next)
    return this.#queued
  }

  async #begin(): Promise<void> {
    // Calls of the same tick share.
    this.#running = Promise.resolve().then(this.#work)
    try {
      await this.#running
    } finally {
      this.#running = undefined
    }
  }
}
