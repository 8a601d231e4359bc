// Nobody knows yet how large a row is.
const FIRST = 1
const MOST = 10_000
/** A page should take about so long, and hold about so much. */
const AIM_MS = 200
const AIM_BYTES = 1 << 20

/** How many rows a page has: fewer where pages take long or rows are large, more while they do not. */
export class PagePace {
  #size = FIRST

  get size(): number {
    return this.#size
  }

  /** After a page of so many rows and bytes, which took so many milliseconds. */
  took({
    rows,
    bytes,
    milliseconds,
  }: {
    readonly rows: number
    readonly bytes: number
    readonly milliseconds: number
  }): void {
    if (rows === 0) return
    const byTime = this.#size * Math.min(2, Math.max(0.5, AIM_MS / Math.max(1, milliseconds)))
    const byBytes = AIM_BYTES / Math.max(1, bytes / rows)
    this.#size = Math.max(1, Math.min(MOST, Math.floor(byTime), Math.floor(byBytes)))
  }

  /** After a page that was given up. */
  shrink(): void {
    this.#size = Math.max(1, this.#size >> 2)
  }
}
