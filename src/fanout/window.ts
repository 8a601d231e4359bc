import type { Counts, Mark, NotData } from '../core/event.js'
import type { WorkOrder } from '../core/fanout-plan.js'
import type { Message } from '../core/message.js'
import { Chains } from './chains.js'
import { Entry } from './entry.js'
import { Fifo } from './fifo.js'
import type { Chunk, WorkLane } from './ports.js'

/** What can be settled: everything up to `upTo`, and the messages that are done in lanes that settle each. */
export type Settleable = {
  readonly upTo: Mark | undefined
  readonly messages: readonly Message[]
  readonly counts: Counts
}

/** The messages of one lane between being read and being settled, in lane order; those that are over leave from the front. */
export class LaneWindow {
  readonly lane: WorkLane
  readonly chains: Chains
  readonly #entries = new Fifo<Entry>()
  /** Over and not settled yet, in lanes that settle each. */
  #each: Entry[] = []
  /** What left the front and is not settled yet. */
  #tally = new Tally()
  /** Called whenever an entry is over or left a handler's hands. */
  onChange: () => void = () => undefined
  /** Entries in the hands of a handler, or being parked. */
  inHands = 0
  /** Entries that nothing stands before, waiting for a place at the handler. */
  ready = 0
  /** Bytes of the messages that it holds. */
  bytes = 0
  /** Entries of the window that are over. */
  over = 0

  constructor(lane: WorkLane, order: WorkOrder) {
    this.lane = lane
    this.chains = new Chains(order)
  }

  get length(): number {
    return this.#entries.length
  }

  /** Entries that are not over. */
  get left(): number {
    return this.#entries.length - this.over
  }

  /** Messages that are over and that nothing has settled. */
  get unsettled(): number {
    return this.lane.settling === 'each' ? this.#each.length : this.over + this.#tally.entries
  }

  /** Messages between the settled position and the last one that was read. */
  get span(): number {
    return this.#entries.length + this.#tally.entries
  }

  /** The first entry; it is not over once `take` was called. */
  get first(): Entry | undefined {
    return this.#entries.peek()
  }

  /** Takes the messages [from, to) of a chunk in; gives those that may be worked at once. */
  admit({ messages, next, notData, bytes }: Chunk, from: number, to: number): Entry[] {
    const ready: Entry[] = []
    for (let i = from; i < to; i++) {
      const message = messages[i] as Message
      const entry = new Entry(this, message, i === messages.length - 1 ? { next, notData, bytes } : undefined)
      this.#entries.push(entry)
      this.bytes += message.size
      if (this.chains.admit(entry)) ready.push(entry)
    }
    if (messages.length > 0) return ready
    this.#entries.push(new Entry(this, undefined, { next, notData, bytes }))
    this.over++
    this.#absorb()
    this.onChange()
    return ready
  }

  /** Notes that an entry is over; gives the one that waited for it. */
  finish(entry: Entry, state: 'done' | 'parked'): Entry | undefined {
    entry.state = state
    this.over++
    if (this.lane.settling === 'each') this.#each.push(entry)
    const follower = this.chains.release(entry)
    if (entry === this.#entries.peek()) this.#absorb()
    return follower
  }

  /** What can be settled now; undefined where there is nothing. It counts as settled from here on. */
  take(): Settleable | undefined {
    const [tally, each] = [this.#tally, this.#each]
    if (tally.entries === 0 && each.length === 0) return undefined
    this.#tally = new Tally()
    this.#each = []
    for (const entry of each) tally.add(entry)
    const messages = each.map(entry => entry.message as Message)
    return { upTo: this.#markAfter(tally.last), messages, counts: tally.counts }
  }

  /** Takes off what is over from the front, at once: what is kept until it is settled costs most when memory is collected. */
  #absorb(): void {
    for (let entry = this.#entries.peek(); entry?.over; entry = this.#entries.peek()) {
      this.#entries.shift()
      this.over--
      this.bytes -= entry.message?.size ?? 0
      if (this.lane.settling === 'prefix') this.#tally.add(entry)
      this.#tally.close(entry)
    }
  }

  /** Lets go of everything behind the last entry that was begun: the lane is to be given back. Gives how many that were. */
  cut(): number {
    let keep = this.#entries.length
    while (keep > 0 && this.#entries.at(keep - 1)?.state === 'waiting') keep--
    const dropped = this.#entries.cut(keep)
    for (const entry of dropped) entry.state = 'dropped'
    return dropped.length
  }

  /** Lets go of everything: nothing can be settled any more. Gives how many of its messages a handler has seen in vain, at most. */
  drop(): number {
    const seen = this.unsettled + this.inHands
    for (const entry of this.#entries.cut(0)) {
      clearTimeout(entry.timer)
      if (!entry.over) entry.state = 'dropped'
    }
    this.#each = []
    this.#tally = new Tally()
    this.over = 0
    this.bytes = 0
    return seen
  }

  #markAfter(entry: Entry | undefined): Mark | undefined {
    if (entry?.end !== undefined) return entry.end.next
    return entry?.message === undefined ? undefined : this.lane.after(entry.message)
  }
}

/** Counts of one step; numbers until the end, because it is done for each message. */
class Tally {
  /** How many entries left the front, and the last of them. */
  entries = 0
  last: Entry | undefined
  #read = 0
  #parked = 0
  #bytes = 0
  #notData: NotData = { holes: 0n, markers: 0n, aborted: 0n }

  add({ message, state }: Entry): void {
    if (message === undefined) return
    this.#read++
    if (state === 'parked') this.#parked++
  }

  close(entry: Entry): void {
    const { end } = entry
    this.entries++
    this.last = entry
    if (end === undefined) return
    const { holes, markers, aborted } = this.#notData
    this.#bytes += end.bytes
    this.#notData = {
      holes: holes + end.notData.holes,
      markers: markers + end.notData.markers,
      aborted: aborted + end.notData.aborted,
    }
  }

  get counts(): Counts {
    const [read, parked, bytes] = [BigInt(this.#read), BigInt(this.#parked), BigInt(this.#bytes)]
    return { read, written: read - parked, parked, dropped: 0n, bytes, ...this.#notData }
  }
}
