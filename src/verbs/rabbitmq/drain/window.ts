import type { RunSoFar } from '../../../core/fold.js'
import type { Recorder } from '../../run/recorder.js'

/** How the journal notes the most messages that may be copied without an ack seen. */
const NOTE = 'in flight at most '

/** The window that the last execution left open: what its kill may have doubled. 0 where it ended in order. Pure. */
export function leftOpen({ steered }: RunSoFar): bigint {
  const last = steered.filter(({ what }) => what.startsWith(NOTE)).at(-1)
  return BigInt(last?.what.slice(NOTE.length) ?? '0')
}

/** Tells the journal of windows and doubts of one queue. */
export class Windows {
  readonly #recorder: Recorder
  readonly #lane: string
  readonly #now: () => Date

  constructor(recorder: Recorder, lane: string, now: () => Date) {
    this.#recorder = recorder
    this.#lane = lane
    this.#now = now
  }

  /** Before so many messages are under way; 0 once nothing is. */
  async note(messages: number): Promise<void> {
    await this.#recorder.record({ type: 'steered', at: this.#at(), what: `${NOTE}${messages}`, by: 'spillway' })
  }

  /** So many messages may be in the lanes twice. */
  async doubt(messages: number | bigint, why: string): Promise<void> {
    if (BigInt(messages) === 0n) return
    const { state } = this.#recorder
    const from = state.lanes.get(this.#lane)?.mark || '0'
    await this.#recorder.record({
      type: 'doubted',
      at: this.#at(),
      lane: this.#lane,
      from,
      to: String(BigInt(from) + BigInt(messages)),
      why,
      messages: BigInt(messages),
      // The same stretch may be doubled again and again: each time counts.
      occasion: state.doubted.length + 1,
    })
  }

  #at(): string {
    return this.#now().toISOString()
  }
}
