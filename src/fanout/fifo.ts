/** How many taken places are kept before the rest moves up. */
const SLACK = 1024

/** First in, first out, without moving the rest at every step. */
export class Fifo<T> {
  #items: T[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** The first one, left where it is. */
  peek(): T | undefined {
    return this.#items[this.#head]
  }

  /** The one at `index`, counted from the first. */
  at(index: number): T | undefined {
    return this.#items[this.#head + index]
  }

  shift(): T | undefined {
    const item = this.#items[this.#head]
    if (item === undefined) return undefined
    // Nothing may keep it alive from here.
    this.#items[this.#head++] = undefined as T
    if (this.#head > SLACK && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  /** Drops everything from `index` on, counted from the first; gives what was dropped. */
  cut(index: number): T[] {
    return this.#items.splice(this.#head + index)
  }
}
