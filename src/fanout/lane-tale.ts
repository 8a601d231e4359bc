import { addCounts, NO_COUNTS } from '../core/counts.js'
import type { Counts, Mark, RunEvent } from '../core/event.js'
import type { LostRange } from '../errors.js'
import type { OpenedLane } from './ports.js'

/** What is settled more often than this is told together. Milliseconds. */
const TELL_MS = 250

/** What one lane has to tell, as events of the run. */
export class LaneTale {
  readonly #lane: string
  readonly #now: () => Date
  readonly #say: (event: RunEvent) => void
  #untold: Counts | undefined
  #toldAt = 0
  #occasion = 0
  /** How far the lane is settled. */
  mark: Mark = ''

  constructor(lane: string, { now, tell }: { now: () => Date; tell: (event: RunEvent) => void }) {
    this.#lane = lane
    this.#now = now
    this.#say = tell
  }

  opened({ from, to, doubted, recovered }: OpenedLane): void {
    this.mark = from
    const lane = this.#lane
    this.#say({ type: 'opened', at: this.#at(), lane, from, to })
    if (recovered !== undefined) this.#say({ type: 'settled', at: this.#at(), lane, ...recovered })
    if (doubted === undefined || doubted.messages === 0n) return
    this.#say({ type: 'doubted', at: this.#at(), lane, from, ...doubted })
  }

  settled(mark: Mark, counts: Counts): void {
    this.mark = mark
    this.#untold = addCounts(this.#untold ?? NO_COUNTS, counts)
    if (performance.now() - this.#toldAt >= TELL_MS) this.tell()
  }

  /** Tells what is settled and not told yet. */
  tell(): void {
    if (this.#untold === undefined) return
    this.#toldAt = performance.now()
    this.#say({ type: 'settled', at: this.#at(), lane: this.#lane, mark: this.mark, counts: this.#untold })
    this.#untold = undefined
  }

  finished(): void {
    this.#say({ type: 'finished', at: this.#at(), lane: this.#lane, mark: this.mark })
  }

  /** Messages that a handler has seen and will see again. */
  doubted(messages: number, why: string): void {
    if (messages === 0) return
    this.#occasion = Math.max(this.#occasion + 1, this.#now().getTime() * 1000)
    const range = { lane: this.#lane, from: this.mark, to: this.mark, why, messages: BigInt(messages) }
    this.#say({ type: 'doubted', at: this.#at(), ...range, occasion: this.#occasion })
  }

  lost({ lane, from, to, message }: LostRange): void {
    this.#say({ type: 'lost', at: this.#at(), lane, from, to, why: message })
  }

  #at(): string {
    return this.#now().toISOString()
  }
}
