/** Counts publisher confirms, which come one by one or for all up to a tag, in any order. */
export class Confirms {
  /** All tags up to this one are confirmed. */
  #prefix = 0
  readonly #beyond = new Set<number>()

  /** How many messages are confirmed. */
  get count(): number {
    return this.#prefix + this.#beyond.size
  }

  /** Takes an ack of this tag, or with `multiple` of all up to it. */
  take(tag: number, multiple: boolean): void {
    if (multiple) this.#raise(tag)
    else if (tag > this.#prefix) this.#beyond.add(tag)
    while (this.#beyond.delete(this.#prefix + 1)) this.#prefix++
  }

  #raise(tag: number): void {
    if (tag <= this.#prefix) return
    for (const each of this.#beyond) if (each <= tag) this.#beyond.delete(each)
    this.#prefix = tag
  }
}
