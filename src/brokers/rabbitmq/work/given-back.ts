/**
 * Messages of a queue that only this run consumes, and that it gave back before any handler had seen them: as many come again without being in
 * doubt.
 */
export class GivenBack {
  #messages: number

  /** `before`: by earlier executions. */
  constructor(before = 0) {
    this.#messages = before
  }

  /** So many have not come again yet. */
  get messages(): number {
    return this.#messages
  }

  /** Of so many messages that were delivered before, those that a handler may have seen. */
  doubtful(redelivered: number): number {
    const unseen = Math.min(redelivered, this.#messages)
    this.#messages -= unseen
    return redelivered - unseen
  }

  /** Some went back unseen; undefined where some of them may have been seen, and then nobody can tell them apart. */
  ended(unseen: number | undefined): void {
    this.#messages = unseen === undefined ? 0 : this.#messages + unseen
  }
}
