import { offsetAt } from './wall-time.js'

const DAY_MS = 86_400_000
const SLOT_MS = 900_000

/** A moment at which the clocks of a zone were put forward or back. */
export type ClockChange = {
  /** The instant itself, and how far clocks were ahead of UTC before and after it. Milliseconds. */
  readonly at: number
  readonly before: number
  readonly after: number
}

/**
 * The clock on the wall in a zone. Each time that it can show, and each that it skips, is one instant and no other, and a later one is never an earlier instant: so
 * windows that lie side by side have each row once. A time that comes twice is its first; one that never was is the moment of the change.
 * Times on the wall are told in milliseconds as if they were UTC.
 */
export class WallClock {
  /** Undefined: UTC, whose clocks never change. */
  readonly #zone: string | undefined
  /** Offsets of quarters of an hour in which the clock runs evenly, by their number. */
  readonly #even = new Map<number, number>()

  constructor(zone: string) {
    this.#zone = zone === 'UTC' ? undefined : zone
  }

  /** The instant of a time on the wall. */
  instantOf(wall: number): number {
    if (this.#zone === undefined) return wall
    const slot = Math.floor(wall / SLOT_MS)
    const known = this.#even.get(slot)
    if (known !== undefined) return wall - known
    const [start, end] = [slot * SLOT_MS, (slot + 1) * SLOT_MS]
    const first = this.#search(start)
    if (this.#search(end) - first === SLOT_MS && this.#search(start + SLOT_MS / 2) - first === SLOT_MS / 2)
      this.#even.set(slot, start - first)
    return this.#search(wall)
  }

  /** The first time on the wall whose instant is not before this one. */
  wallOf(instant: number): number {
    if (this.#zone === undefined) return instant
    return firstOf(instant - 2 * DAY_MS, instant + 2 * DAY_MS, wall => this.instantOf(wall) >= instant)
  }

  /** When the clocks were put forward or back in [from, to), by at most 5,000 looks. */
  changes(from: number, to: number): ClockChange[] {
    if (this.#zone === undefined) return []
    const found: ClockChange[] = []
    const step = Math.max(DAY_MS / 2, (to - from) / 5000)
    for (let at = from; at < to; at += step) {
      const end = Math.min(to, at + step)
      const [before, after] = [this.#offset(at), this.#offset(end)]
      if (before !== after) found.push({ at: firstOf(at, end, each => this.#offset(each) === after), before, after })
    }
    return found.filter(({ at }) => at < to)
  }

  #search(wall: number): number {
    const [before, after] = [this.#offset(wall - DAY_MS), this.#offset(wall + DAY_MS)]
    const fitting = [wall - before, wall - after].filter(instant => instant + this.#offset(instant) === wall)
    if (fitting.length > 0) return Math.min(...fitting)
    return firstOf(wall - after, wall - before, instant => this.#offset(instant) === after)
  }

  #offset(instant: number): number {
    return this.#zone === undefined ? 0 : offsetAt(instant, this.#zone)
  }
}

/** The first whole number in (low, high] for which it is true, and stays so. */
function firstOf(low: number, high: number, isTrue: (at: number) => boolean): number {
  let [below, above] = [Math.floor(low), Math.ceil(high)]
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2)
    if (isTrue(middle)) above = middle
    else below = middle
  }
  return above
}
