import type { WorkGate } from './ports.js'
import type { Room } from './room.js'
import type { LaneWindow } from './window.js'

/** A first message that keeps a full window waiting for longer is told. Milliseconds. */
const PATIENCE_MS = 1000

/** Names the message that a lane waits for once as many as `--max-ahead` are done or waiting behind it. */
export class Behind {
  readonly #window: LaneWindow
  readonly #gate: WorkGate
  readonly #room: Room
  readonly #name: string
  #since: number | undefined

  constructor(window: LaneWindow, { gate, room }: { gate: WorkGate; room: Room }) {
    this.#window = window
    this.#gate = gate
    this.#room = room
    this.#name = `${window.lane.lane} ahead`
  }

  /** There is no room for more now, or there is again. */
  waits(isWaiting: boolean): void {
    if (isWaiting) this.#since ??= performance.now()
    else this.clear()
  }

  /** To be called now and then. */
  look(): void {
    const first = this.#window.first?.message
    if (first === undefined || this.#since === undefined || !this.#room.isAhead(this.#window)) return
    if (performance.now() - this.#since < PATIENCE_MS) return
    const key = first.key === null ? 'a message without key' : `key ${JSON.stringify(first.key.toString())}`
    const place = `${first.target}/${first.lane}/${first.mark}`
    this.#gate.trouble(this.#name, `max-ahead: ${this.#window.length} messages wait for ${key} at ${place}`)
  }

  clear(): void {
    this.#since = undefined
    this.#gate.recovered(this.#name)
  }
}
