/** One ack to be sent: of one delivery tag, or of all open ones up to it. */
export type Ack = { readonly tag: number; readonly multiple: boolean }

/** Which acks may go now: at most `room` of tags beyond `base`. */
export type AckRoom = { readonly base: number; readonly room: number }
const UNLIMITED: AckRoom = { base: 0, room: Number.POSITIVE_INFINITY }

/**
 * Delivery tags of one channel between delivery and ack. They become done in any order; a run of done ones from the lowest open tag is one
 * multiple-ack. Its tag is always an open one, since a broker closes the channel for a tag that it does not know (PRECONDITION_FAILED).
 */
export class AckBook {
  #low = 1
  #newest = 0
  readonly #done = new Set<number>()
  /** Acked one by one, beyond the lowest open tag. */
  readonly #acked = new Set<number>()

  /** The last tag that was delivered. */
  get newest(): number {
    return this.#newest
  }

  /** The lowest tag that is not acked; Infinity where all are. */
  get lowest(): number {
    return this.open === 0 ? Number.POSITIVE_INFINITY : this.#low
  }

  /** Messages delivered and not acked. */
  get open(): number {
    return this.#newest - this.#low + 1 - this.#acked.size
  }

  /** Messages done and not acked. */
  get held(): number {
    return this.#done.size
  }

  delivered(tag: number): void {
    this.#newest = tag
  }

  /** Notes that a message is done; a second time is no news. */
  done(tag: number): void {
    if (tag >= this.#low && tag <= this.#newest && !this.#acked.has(tag)) this.#done.add(tag)
  }

  /** The acks to be sent now, which are sent from then on; and how many of them are beyond `base`. */
  take({ base, room }: AckRoom = UNLIMITED): { readonly acks: readonly Ack[]; readonly beyond: number } {
    const mayGo = (tag: number, gone: number) => tag <= base || gone < room
    const front = this.#front(base, mayGo)
    const acks = [...front.acks]
    let { beyond } = front
    for (const tag of this.#done) {
      if (!mayGo(tag, beyond)) continue
      if (tag > base) beyond++
      this.#done.delete(tag)
      this.#acked.add(tag)
      acks.push({ tag, multiple: false })
    }
    return { acks, beyond }
  }

  #front(base: number, mayGo: (tag: number, gone: number) => boolean) {
    let [last, count, beyond] = [0, 0, 0]
    for (; ; this.#low++) {
      if (this.#acked.delete(this.#low)) continue
      if (!this.#done.has(this.#low) || !mayGo(this.#low, beyond)) break
      this.#done.delete(this.#low)
      if (this.#low > base) beyond++
      last = this.#low
      count++
    }
    return { acks: count === 0 ? [] : [{ tag: last, multiple: count > 1 }], beyond }
  }
}
