import type { Mark, RunEvent } from '../core/event.js'

/** A range [from, to) of a lane that holds the offset that is looked for, and what the journal says of it. */
export type RangeHit = {
  readonly kind: 'settled' | 'lost' | 'doubted'
  readonly at: string
  readonly from: bigint
  readonly to: bigint
  /** Why it is lost or in doubt. */
  readonly why?: string
}

/**
 * Looks, event by event of a journal, for the ranges of one lane that hold an offset. A settled range reaches from the position before to its
 * mark. An execution that begins further on than the last one ended has settled what lies between, if it says so at once (what a killed process
 * settled without living to journal it); else that is lost, and has events of its own.
 */
export class RangeWatch {
  readonly hits: RangeHit[] = []
  readonly #lane: string
  readonly #offset: bigint
  #position: bigint | undefined
  #opened: bigint | undefined

  /** `from`: where the plan has the lane begin. */
  constructor(watched: { readonly lane: string; readonly offset: bigint; readonly from?: Mark | undefined }) {
    this.#lane = watched.lane
    this.#offset = watched.offset
    this.#position = watched.from === undefined ? undefined : toOffset(watched.from)
  }

  see(event: RunEvent): void {
    if (!('lane' in event) || event.lane !== this.#lane) return
    if (event.type === 'opened') this.#open(toOffset(event.from))
    else if (event.type === 'settled') this.#settle(event.at, toOffset(event.mark))
    else if (event.type === 'lost' || event.type === 'doubted') this.#note(event)
  }

  #open(from: bigint | undefined): void {
    this.#opened = from
    if (from !== undefined && (this.#position === undefined || from < this.#position)) this.#position = from
  }

  #settle(at: string, mark: bigint | undefined): void {
    if (mark === undefined) return
    // What was settled before this execution began is told by a first mark that is where it began.
    const from = this.#opened !== undefined && mark > this.#opened ? this.#opened : (this.#position ?? mark)
    if (this.#offset >= from && this.#offset < mark) this.hits.push({ kind: 'settled', at, from, to: mark })
    this.#position = mark
    this.#opened = undefined
  }

  #note({ type, at, from, to, why }: RunEvent & { type: 'lost' | 'doubted' }): void {
    const [first, behind] = [toOffset(from), toOffset(to)]
    if (first === undefined || behind === undefined || this.#offset < first || this.#offset >= behind) return
    this.hits.push({ kind: type, at, from: first, to: behind, why })
  }
}

/** Marks of RabbitMQ and of archives may be no offsets. */
const toOffset = (mark: Mark): bigint | undefined => (/^\d+$/.test(mark) ? BigInt(mark) : undefined)
