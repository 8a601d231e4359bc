import type { RunSoFar } from '../../../core/fold.js'
import type { Recorder } from '../../run/recorder.js'

/** How the journal notes the most messages that may be copied without an ack seen. */
const NOTE = 'in flight at most '

/**
 * The window that the last execution left open: what its kill may have doubled; that of the drain, or of the undo of one lane. 0 where it
 * ended in order. Pure.
 */
export function leftOpen({ steered }: RunSoFar, undoOf?: string): bigint {
  const note = noteOf(undoOf)
  const last = steered.filter(({ what }) => what.startsWith(note)).at(-1)
  return BigInt(last?.what.slice(note.length) ?? '0')
}

const noteOf = (undoOf: string | undefined): string => (undoOf === undefined ? NOTE : `undo of ${undoOf}: ${NOTE}`)

type Telling = { readonly now: () => Date; readonly undo?: boolean }

/**
 * Tells the journal of windows and doubts of one queue that is emptied: the source, or in an undo a lane. What a killed execution left
 * open stays open until the next one ends, because only then is it known how many messages came again.
 */
export class Windows {
  readonly #recorder: Recorder
  readonly #lane: string
  readonly #now: () => Date
  readonly #undoOf: string | undefined
  readonly #inherited: bigint

  constructor(recorder: Recorder, lane: string, { now, undo = false }: Telling) {
    this.#recorder = recorder
    this.#lane = lane
    this.#now = now
    this.#undoOf = undo ? lane : undefined
    this.#inherited = this.#open
  }

  get #open(): bigint {
    return leftOpen(this.#recorder.state, this.#undoOf)
  }

  /** Before so many messages are under way. */
  async note(messages: number): Promise<void> {
    await this.#write(this.#inherited + BigInt(messages))
  }

  /** So many messages may be there twice. */
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
      why: this.#undoOf === undefined ? why : `undo: ${why}`,
      messages: BigInt(messages),
      // The same stretch may be doubled again and again: each time counts.
      occasion: state.doubted.length + 1,
    })
  }

  /** The end of an execution that settled all it had in hand. `redelivered`: messages that came again; undefined where some may still come. */
  async settled(redelivered: number | undefined): Promise<void> {
    const again = redelivered === undefined ? this.#inherited : smaller(this.#inherited, BigInt(redelivered))
    await this.doubt(again, 'an execution before this one ended with messages under way')
    if (this.#open > 0n) await this.#write(0n)
  }

  /** The end of an execution that failed, or was told to drop what it had in hand, and lived to tell; or of one that nobody resumes. */
  async dropped(most: bigint = this.#open): Promise<void> {
    const open = this.#open
    await this.doubt(smaller(open, most), 'it ended with messages under way')
    if (open > 0n) await this.#write(0n)
  }

  async #write(messages: bigint): Promise<void> {
    await this.#recorder.record({
      type: 'steered',
      at: this.#at(),
      what: `${noteOf(this.#undoOf)}${messages}`,
      by: 'spillway',
    })
  }

  #at(): string {
    return this.#now().toISOString()
  }
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
