import type { RunSoFar } from '../../../core/fold.js'
import type { Recorder } from '../../run/recorder.js'

/** How the journal notes the most messages that may be copied without an ack seen. */
const NOTE = 'in flight at most '
/** Behind it: how many of those the executions before had left open. */
const EARLIER = ', of those left by earlier executions: '

/** What kills may have doubled: of all executions since the last one that ended in order, and of those before the last. */
type Open = { readonly all: bigint; readonly earlier: bigint }

const CLOSED: Open = { all: 0n, earlier: 0n }

function openIn({ steered }: RunSoFar, undoOf?: string): Open {
  const note = noteOf(undoOf)
  const last = steered.filter(({ what }) => what.startsWith(note)).at(-1)
  const [all = '0', earlier = '0'] = (last?.what.slice(note.length) ?? '0').split(EARLIER)
  return { all: BigInt(all), earlier: BigInt(earlier) }
}

/**
 * The windows that executions left open: what their kills may have doubled; those of the drain, or of the undo of one lane. 0 where the
 * last one ended in order. Pure.
 */
export const leftOpen = (state: RunSoFar, undoOf?: string): bigint => openIn(state, undoOf).all

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
  readonly #inherited: Open

  constructor(recorder: Recorder, lane: string, { now, undo = false }: Telling) {
    this.#recorder = recorder
    this.#lane = lane
    this.#now = now
    this.#undoOf = undo ? lane : undefined
    this.#inherited = openIn(recorder.state, this.#undoOf)
  }

  get #open(): bigint {
    return leftOpen(this.#recorder.state, this.#undoOf)
  }

  /** Before so many messages are under way. */
  async note(messages: number): Promise<void> {
    const { all } = this.#inherited
    await this.#write({ all: all + BigInt(messages), earlier: all })
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
    const { all, earlier } = this.#inherited
    // What came again to an execution that was killed itself is not known: only the last window may have been smaller than noted.
    const again = redelivered === undefined ? all : earlier + smaller(all - earlier, BigInt(redelivered))
    await this.doubt(again, 'an execution before this one ended with messages under way')
    if (this.#open > 0n) await this.#write(CLOSED)
  }

  /** The end of an execution that failed, or was told to drop what it had in hand, and lived to tell; or of one that nobody resumes. */
  async dropped(most: bigint = this.#open): Promise<void> {
    const open = this.#open
    await this.doubt(smaller(open, most), 'it ended with messages under way')
    if (open > 0n) await this.#write(CLOSED)
  }

  async #write({ all, earlier }: Open): Promise<void> {
    const what = `${noteOf(this.#undoOf)}${all}${earlier === 0n ? '' : `${EARLIER}${earlier}`}`
    await this.#recorder.record({ type: 'steered', at: this.#at(), what, by: 'spillway' })
  }

  #at(): string {
    return this.#now().toISOString()
  }
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
