/** What became of a message that was taken from the source. `returned` waits until it is known which ones came back. */
type State = 'pending' | 'done' | 'parked' | 'failed' | 'returned'
type Entry = { readonly tag: number; readonly lane: number; readonly bytes: number; state: State }

/** A run of messages from the front of the window whose fate is sealed; one multiple-ack takes them all. */
export type Prefix = { readonly tag: number; readonly written: number; readonly parked: number; readonly bytes: number }

/**
 * Messages between delivery and ack, in the order of delivery. Confirms come in any order; the source is acked by prefixes, so that
 * one frame settles many and nothing unconfirmed is ever among them.
 */
export class ConfirmWindow {
  #entries: Entry[] = []
  #head = 0
  /** Published ones in the order of their sequence numbers, the first being `#firstSeq`. */
  #published: Entry[] = []
  #firstSeq = 1
  #pending = 0
  #failed = 0
  readonly #returns = new Map<number, number>()

  /** Messages in the window. */
  get size(): number {
    return this.#entries.length - this.#head
  }

  /** Delivery tag of the first of them; Infinity where there is none. */
  get first(): number {
    return this.#entries[this.#head]?.tag ?? Number.POSITIVE_INFINITY
  }

  get pending(): number {
    return this.#pending
  }

  /** Whether any was nacked or returned. */
  get troubled(): boolean {
    return this.#failed > 0 || this.#returns.size > 0
  }

  /** Lanes that messages came back from. */
  get returnedLanes(): readonly number[] {
    return [...this.#returns.keys()]
  }

  /** Lanes that refused messages. */
  get failedLanes(): readonly number[] {
    const failed = this.#entries.slice(this.#head).filter(({ state }) => state === 'failed')
    return [...new Set(failed.map(({ lane }) => lane))]
  }

  /** Notes a message that is being published; its sequence number is the next. */
  publish(tag: number, lane: number, bytes: number): void {
    const entry: Entry = { tag, lane, bytes, state: 'pending' }
    this.#entries.push(entry)
    this.#published.push(entry)
    this.#pending++
  }

  /** Notes a message that is in the synced parking file. */
  park(tag: number, bytes: number): void {
    this.#entries.push({ tag, lane: -1, bytes, state: 'parked' })
  }

  /** A confirm: `ok` false for basic.nack. */
  confirm(seq: number, multiple: boolean, ok: boolean): void {
    const last = seq - this.#firstSeq
    for (let i = multiple ? 0 : last; i <= last; i++) this.#seal(this.#published[i], ok)
    let known = 0
    while (known < this.#published.length && this.#published[known]?.state !== 'pending') known++
    if (known === 0) return
    this.#published.splice(0, known)
    this.#firstSeq += known
  }

  #seal(entry: Entry | undefined, ok: boolean): void {
    if (entry?.state !== 'pending') return
    this.#pending--
    if (!ok) this.#failed++
    entry.state = !ok ? 'failed' : this.#returns.has(entry.lane) ? 'returned' : 'done'
  }

  /** A message came back from a lane. It is confirmed after this, as are others of the lane that did arrive. */
  returned(lane: number): void {
    this.#returns.set(lane, (this.#returns.get(lane) ?? 0) + 1)
  }

  /**
   * Once all are confirmed: of the ones sent to a lane since the first return, the last came back, as many as there were returns,
   * since a lane that is gone stays gone until somebody makes it again.
   */
  resolveReturns(): void {
    for (const [lane, count] of this.#returns) {
      const doubtful = this.#entries
        .slice(this.#head)
        .filter(entry => entry.lane === lane && entry.state === 'returned')
      const back = Math.max(0, doubtful.length - count)
      for (const [i, entry] of doubtful.entries()) entry.state = i < back ? 'done' : 'failed'
      this.#failed += doubtful.length - back
    }
    this.#returns.clear()
  }

  /** Takes the sealed run at the front, up to a tag, out of the window; undefined where the first is still open. */
  takePrefix(last = Number.POSITIVE_INFINITY): Prefix | undefined {
    const sum = { tag: 0, written: 0, parked: 0, bytes: 0 }
    for (; this.#head < this.#entries.length; this.#head++) {
      const { state, tag, bytes } = this.#entries[this.#head] as Entry
      if ((state !== 'done' && state !== 'parked') || tag > last) break
      sum.tag = tag
      sum.bytes += bytes
      sum[state === 'done' ? 'written' : 'parked']++
    }
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries.splice(0, this.#head)
      this.#head = 0
    }
    return sum.tag === 0 ? undefined : sum
  }

  /** Sealed messages behind one that is not, each to be acked by itself; taken out of the window. */
  takeScattered(): Prefix[] {
    const sealed = this.#leave(({ state }) => state === 'done' || state === 'parked')
    return sealed.map(({ tag, bytes, state }) => {
      const written = state === 'done' ? 1 : 0
      return { tag, bytes, written, parked: 1 - written }
    })
  }

  /**
   * Tags of what failed, to be given back before any later prefix is acked; with `all` also what nobody will ever confirm. Taken out of
   * the window.
   */
  takeFailed(all = false): number[] {
    const failed = this.#leave(
      ({ state }) => state === 'failed' || (all && (state === 'pending' || state === 'returned')),
    )
    this.#failed = 0
    if (all) this.#forget()
    return failed.map(({ tag }) => tag)
  }

  /** Begins anew, for a new source channel, whose tags count from 1 again. Confirms that still come are of no concern. */
  clear(): void {
    this.#entries = []
    this.#head = 0
    this.#failed = 0
    this.#forget()
  }

  /** Published messages in the window: at most so many can be delivered a second time. */
  get published(): number {
    return this.#entries.slice(this.#head).filter(({ state }) => state !== 'parked').length
  }

  /** Published messages of which it is not known whether they are in their lane. */
  get doubtful(): number {
    return this.#entries.slice(this.#head).filter(({ state }) => state === 'pending' || state === 'returned').length
  }

  #forget(): void {
    this.#firstSeq += this.#published.length
    this.#published = []
    this.#pending = 0
    this.#returns.clear()
  }

  /** A new publish channel counts its sequence numbers from 1. */
  restart(): void {
    this.#published = []
    this.#firstSeq = 1
  }

  #leave(goes: (entry: Entry) => boolean): Entry[] {
    const open = this.#entries.slice(this.#head)
    this.#entries = open.filter(entry => !goes(entry))
    this.#head = 0
    return open.filter(goes)
  }
}
