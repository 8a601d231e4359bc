import { hash } from 'node:crypto'
import type { RowPlace } from './ports.js'

const FIRST = 1 << 10

/**
 * Places of rows by 64 bits of their digest: 16 bytes or so for each, so that a million take 32 MB at most. That two of a million are taken for one has a chance of
 * one in 37 million.
 */
export class PlaceSet {
  /** Two words a place; two zeros are none. */
  #words = new Uint32Array(2 * FIRST)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(place: RowPlace): boolean {
    const [high, low] = wordsOf(place)
    return this.#words[this.#find(high, low)] !== 0
  }

  add(place: RowPlace): void {
    const [high, low] = wordsOf(place)
    this.#put(high, low)
    if (this.#size * 4 > this.#words.length) this.#grow()
  }

  #put(high: number, low: number): void {
    const at = this.#find(high, low)
    if (this.#words[at] !== 0) return
    this.#words[at] = high
    this.#words[at + 1] = low
    this.#size++
  }

  /** Where these words are, or would be. */
  #find(high: number, low: number): number {
    const words = this.#words
    const last = words.length - 2
    let at = (low * 2) % words.length
    while (words[at] !== 0 && (words[at] !== high || words[at + 1] !== low)) at = at === last ? 0 : at + 2
    return at
  }

  #grow(): void {
    const before = this.#words
    this.#words = new Uint32Array(before.length * 2)
    this.#size = 0
    for (let at = 0; at < before.length; at += 2) if (before[at] !== 0) this.#put(before[at] ?? 0, before[at + 1] ?? 0)
  }
}

function wordsOf({ time, key }: RowPlace): readonly [high: number, low: number] {
  const digest = hash('sha1', `${time.length}:${time}${key}`, 'buffer')
  return [digest.readUInt32LE(0) || 1, digest.readUInt32LE(4)]
}
