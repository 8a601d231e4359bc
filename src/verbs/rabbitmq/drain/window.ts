import type { RunSoFar } from '../../../core/fold.js'
import type { Recorder } from '../../run/recorder.js'

/** How the journal notes the most messages that may be copied without an ack seen. */
const NOTE = 'in flight at most '

/** The window that the last execution left open: what its kill may have doubled. 0 where it ended in order. Pure. */
export function leftOpen({ steered }: RunSoFar): bigint {
  const last = steered.filter(({ what }) => what.startsWith(NOTE)).at(-1)
  return BigInt(last?.what.slice(NOTE.length) ?? '0')
}

/**
 * Tells the journal of windows and doubts of one queue. What a killed execution left open stays open until the next one ends, because
 * only then is it known how many messages came again.
 */
export class Windows {
  readonly #recorder: Recorder
  readonly #lane: string
  readonly #now: () => Date
  readonly #inherited: bigint

  constructor(recorder: Recorder, lane: string, now: () => Date) {
    this.#recorder = recorder
    this.#lane = lane
    this.#now = now
    this.#inherited = leftOpen(recorder.state)
  }

  /** Before so many messages are under way. */
  async note(messages: number): Promise<void> {
    await this.#write(this.#inherited + BigInt(messages))
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

  /** The end of an execution that settled all it had in hand. `redelivered`: messages that came again; undefined where some may still come. */
  async settled(redelivered: number | undefined): Promise<void> {
    const again = redelivered === undefined ? this.#inherited : smaller(this.#inherited, BigInt(redelivered))
    await this.doubt(again, 'an execution before this one ended with messages under way')
    if (leftOpen(this.#recorder.state) > 0n) await this.#write(0n)
  }

  /** The end of an execution that failed, or was told to drop what it had in hand, and lived to tell. */
  async dropped(): Promise<void> {
    const open = leftOpen(this.#recorder.state)
    await this.doubt(open, 'it ended with messages under way')
    if (open > 0n) await this.#write(0n)
  }

  async #write(messages: bigint): Promise<void> {
    await this.#recorder.record({ type: 'steered', at: this.#at(), what: `${NOTE}${messages}`, by: 'spillway' })
  }

  #at(): string {
    return this.#now().toISOString()
  }
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
