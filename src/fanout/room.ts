import type { Amount } from '../core/rate.js'
import type { LaneWindow } from './window.js'

/** Bytes of messages that all windows hold together: what keeps the process under its promise of memory. */
const BYTES = 32 << 20
/** Messages that are not over, in all windows: most of them wait behind others of their key. */
const MESSAGES = 20_000
/** Messages that only wait for a place at the handler, in all windows: few live long enough to cost much when memory is collected. */
const READY = 1_000
const READY_A_SLOT = 4
/** Even of very many lanes each may hold this much. */
const LEAST_BYTES = 64 << 10
const LEAST_MESSAGES = 64
const LEAST_READY = 8

/** No more is read than the run's rate handles in this time: a stop works what stands before the last that was begun. Seconds. */
const PACED_S = 1.5

/** Shares the memory of a fan-out out over the lanes that are open. */
export class Room {
  readonly #maxAhead: number
  readonly #ready: number
  readonly #perSecond: () => Amount
  #lanes = 0

  /** `maxAhead`: messages of a lane that may be read past the first one that is not over; `slots`: most messages in hand at once; `perSecond`: the rate of now. */
  constructor(maxAhead: number, slots: number, perSecond: () => Amount) {
    this.#perSecond = perSecond
    this.#maxAhead = maxAhead
    this.#ready = Math.max(READY, READY_A_SLOT * slots)
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
    const perSecond = this.#perSecond()
    const bytes = Math.min(Math.max(LEAST_BYTES, BYTES / lanes), (perSecond.bytes * PACED_S) / lanes)
    if (window.length > 0 && window.bytes >= bytes) return 0
    const paced = Math.ceil((perSecond.records * PACED_S) / lanes)
    const most = Math.min(Math.max(LEAST_MESSAGES, Math.floor(MESSAGES / lanes)), paced) - window.left
    const ready = this.#readyOf() - window.ready
    return Math.max(0, Math.min(this.#maxAhead - window.span, most, ready))
  }

  /** Whether the handler will soon have nothing of this lane to begin. */
  isLow(window: LaneWindow): boolean {
    return window.ready * 2 <= this.#readyOf()
  }

  #readyOf(): number {
    return Math.max(LEAST_READY, Math.floor(this.#ready / Math.max(1, this.#lanes)))
  }

  /** Whether it is the bound on what completes past the first unfinished message that stops this lane. */
  isAhead(window: LaneWindow): boolean {
    return window.span >= this.#maxAhead
  }
}
