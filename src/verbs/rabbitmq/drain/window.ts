import type { RunSoFar } from '../../../core/fold.js'
import type { Recorder } from '../../run/recorder.js'

/** How the journal notes the most messages that may be copied without an ack seen. */
const NOTE = 'in flight at most '

/** What is open: of the execution that noted it, and of the one that was killed before it, of which it has not told yet. */
type Open = { readonly own: bigint; readonly before: bigint }

/**
 * The windows that were left open: what kills may have doubled; of the drain, or of the undo of one lane. 0 where the last execution ended
 * in order. Pure.
 */
export function leftOpen(state: RunSoFar, undoOf?: string): bigint {
  const { own, before } = openIn(state, undoOf)
  return own + before
}

function openIn({ steered }: RunSoFar, undoOf: string | undefined): Open {
  const note = noteOf(undoOf)
  const last = steered.filter(({ what }) => what.startsWith(note)).at(-1)
  const [, own = '0', before = '0'] = /^(\d+)(?:, before it (\d+))?$/.exec(last?.what.slice(note.length) ?? '') ?? []
  return { own: BigInt(own), before: BigInt(before) }
}

const noteOf = (undoOf: string | undefined): string => (undoOf === undefined ? NOTE : `undo of ${undoOf}: ${NOTE}`)

type Telling = { readonly now: () => Date; readonly undo?: boolean }

/**
 * Tells the journal of windows and doubts of one queue that is emptied: the source, or in an undo a lane. What a killed execution left
 * open stays open until the next one ends, because only then is it known how many messages came again; where that one is killed too,
 * nobody ever knows, and all of it counts.
 */
export class Windows {
  readonly #recorder: Recorder
  readonly #lane: string
  readonly #now: () => Date
  readonly #undoOf: string | undefined
  readonly #inherited: Open
  #told = false

  constructor(recorder: Recorder, lane: string, { now, undo = false }: Telling) {
    this.#recorder = recorder
    this.#lane = lane
    this.#now = now
    this.#undoOf = undo ? lane : undefined
    this.#inherited = openIn(recorder.state, this.#undoOf)
  }

  /** Before so many messages are under way. */
  async note(messages: number): Promise<void> {
    await this.#tellOfOlder()
    await this.#write({ own: BigInt(messages), before: this.#inherited.own })
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
    await this.#tellOfOlder()
    const { own } = this.#inherited
    await this.doubt(redelivered === undefined ? own : smaller(own, BigInt(redelivered)), BEFORE)
    await this.#close()
  }

  /** The end of an execution that failed, or was told to drop what it had in hand, and lived to tell; or of one that nobody resumes. */
  async dropped(most: bigint = this.#open): Promise<void> {
    await this.doubt(smaller(this.#open, most), 'it ended with messages under way')
    await this.#close()
  }

  /** Of an execution whose successor was killed as well. Once: the notes that follow leave it out. */
  async #tellOfOlder(): Promise<void> {
    if (this.#told) return
    this.#told = true
    await this.doubt(this.#inherited.before, BEFORE)
  }

  async #close(): Promise<void> {
    if (this.#open > 0n) await this.#write({ own: 0n, before: 0n })
  }

  get #open(): bigint {
    return leftOpen(this.#recorder.state, this.#undoOf)
  }

  async #write({ own, before }: Open): Promise<void> {
    const what = `${noteOf(this.#undoOf)}${own}${before === 0n ? '' : `, before it ${before}`}`
    await this.#recorder.record({ type: 'steered', at: this.#at(), what, by: 'spillway' })
  }

  #at(): string {
    return this.#now().toISOString()
  }
}

const BEFORE = 'an execution before this one ended with messages under way'

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
