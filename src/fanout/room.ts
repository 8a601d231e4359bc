import type { LaneWindow } from './window.js'

/** Bytes of messages that all windows hold together, and messages that are not over: what keeps the process under its promise of memory. */
const BYTES = 48 << 20
const MESSAGES = 40_000
/** Even of very many lanes each may hold this much. */
const LEAST_BYTES = 64 << 10
const LEAST_MESSAGES = 64

/** Shares the memory of a fan-out out over the lanes that are open. */
export class Room {
  readonly #maxAhead: number
  #lanes = 0

  /** `maxAhead`: messages of a lane that may be read past the first one that is not over. */
  constructor(maxAhead: number) {
    this.#maxAhead = maxAhead
  }

  enter(): void {
    this.#lanes++
  }

  leave(): void {
    this.#lanes--
  }

  /** How many more messages the lane may hold; an empty window always takes one, however large it is. */
  of(window: LaneWindow): number {
    const lanes = Math.max(1, this.#lanes)
    const bytes = Math.max(LEAST_BYTES, BYTES / lanes)
    if (window.length > 0 && window.bytes >= bytes) return 0
    const most = Math.max(LEAST_MESSAGES, Math.floor(MESSAGES / lanes))
    return Math.max(0, Math.min(this.#maxAhead - window.length, most - window.left))
  }

  /** Whether it is the bound on what completes past the first unfinished message that stops this lane. */
  isAhead(window: LaneWindow): boolean {
    return window.length >= this.#maxAhead
  }
}
