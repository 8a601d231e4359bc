import type { RunSoFar } from '../../../core/fold.js'
import type { Recorder } from '../../run/recorder.js'

/** How the journal notes the most messages that may be acked before they are journalled, and what an end in order gave back. */
const ACKED = 'acked and not journalled at most '
const BACK = 'given back unseen '
/** The first window; each that is too small is followed by one of twice its size. */
const FIRST = 256

/** Messages that an earlier execution may have acked without living to journal them; 0 where it ended in order. Pure. */
export const ackedAtMost = (state: RunSoFar): number => last(state, ACKED)

/** Messages that the last execution gave back before a handler had seen them; 0 where it did not end in order. Pure. */
export const givenBack = (state: RunSoFar): number => last(state, BACK)

const last = ({ steered }: RunSoFar, note: string): number =>
  Number(
    steered
      .filter(({ what }) => what.startsWith(note))
      .at(-1)
      ?.what.slice(note.length) ?? 0,
  )

/** Notes in the journal of a run what its next execution must know of this one. */
export class Notes {
  readonly #recorder: Recorder
  readonly #now: () => Date
  /** What the journal had as read when this execution had acked nothing. */
  readonly #before: bigint
  #acked = 0n
  #window = 0

  constructor(recorder: Recorder, now: () => Date) {
    this.#recorder = recorder
    this.#now = now
    this.#before = recorder.state.ledger.read
  }

  /** Before so many messages are acked: sees to it that the journal allows for them. Throws RunError where it cannot be written. */
  async acking(messages: number): Promise<void> {
    this.#acked += BigInt(messages)
    const open = Number(this.#acked - (this.#recorder.state.ledger.read - this.#before))
    if (open <= this.#window) return
    this.#window = Math.max(FIRST, 2 ** Math.ceil(Math.log2(open)))
    await this.#note(ACKED, this.#window)
  }

  /** So many that an earlier execution had acked are journalled by this one. */
  found(messages: number): void {
    this.#acked += BigInt(messages)
  }

  /** What the earlier execution left is known: from here on the notes are of this one. */
  async begin(): Promise<void> {
    if (givenBack(this.#recorder.state) > 0) await this.#note(BACK, 0)
  }

  async givenBack(messages: number): Promise<void> {
    await this.#note(BACK, messages)
  }

  /** The end of an execution that lived to journal what it had acked. */
  async end(): Promise<void> {
    const open = Number(this.#acked - (this.#recorder.state.ledger.read - this.#before))
    if (ackedAtMost(this.#recorder.state) !== open) await this.#note(ACKED, open)
  }

  async #note(what: string, messages: number): Promise<void> {
    const at = this.#now().toISOString()
    await this.#recorder.record({ type: 'steered', at, what: `${what}${messages}`, by: 'spillway' })
  }
}
