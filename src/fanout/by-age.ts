import type { Entry } from './entry.js'

/** Entries of which the oldest comes first, whenever it was put in: a binary heap by the order of admission. */
export class ByAge {
  readonly #heap: Entry[] = []

  /** The oldest, left where it is. */
  peek(): Entry | undefined {
    return this.#heap[0]
  }

  push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.length
    for (; at > 0; ) {
      const above = (at - 1) >> 1
      const parent = heap[above] as Entry
      if (parent.age <= entry.age) break
      heap[at] = parent
      at = above
    }
    heap[at] = entry
  }

  shift(): Entry | undefined {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      const child = this.#olderChild(at)
      if (child === undefined || child.entry.age >= last.age) break
      heap[at] = child.entry
      at = child.at
    }
    heap[at] = last
    return first
  }

  #olderChild(at: number): { at: number; entry: Entry } | undefined {
    const [left, right] = [this.#heap[2 * at + 1], this.#heap[2 * at + 2]]
    if (left === undefined) return undefined
    if (right === undefined || left.age <= right.age) return { at: 2 * at + 1, entry: left }
    return { at: 2 * at + 2, entry: right }
  }
}
