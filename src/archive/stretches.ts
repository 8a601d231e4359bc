import type { LaneMarks, Tally } from './index-search.js'
import type { Stretch } from './ports.js'

/** `isDense`: each mark stands for a message, so that one that the index lacks is a message that it does not know. */
export type StretchesOf = LaneMarks & { readonly width: number; readonly isDense: boolean }

/** A lane in stretches, wanted and not by turns, as the tallies of its index come in ascending order. */
export class Stretches {
  readonly #of: StretchesOf
  readonly #stretches: Stretch[] = []
  #begin: number

  constructor(of: StretchesOf) {
    this.#of = of
    this.#begin = of.from
  }

  add({ from, marks, fit }: Tally): void {
    const { to, width, isDense } = this.#of
    this.#gap(from)
    const end = Math.min(to, from + width)
    const isLeft = fit === 0 && (!isDense || marks === end - this.#begin)
    this.#until(end, isLeft ? marks : undefined)
  }

  /** All of them; nothing may be added afterwards. */
  end(): readonly Stretch[] {
    this.#gap(this.#of.to)
    return this.#stretches
  }

  /** Marks that the index does not have. */
  #gap(end: number): void {
    this.#until(end, this.#of.isDense ? undefined : 0)
  }

  #until(to: number, left: number | undefined): void {
    if (to <= this.#begin) return
    const last = this.#stretches.at(-1)
    const isMore = last !== undefined && (last.left === undefined) === (left === undefined)
    if (isMore) this.#stretches.pop()
    const from = isMore ? last.from : this.#begin
    const sum = left === undefined ? {} : { left: left + (isMore ? (last.left ?? 0) : 0) }
    this.#stretches.push({ from, to, ...sum })
    this.#begin = to
  }
}
