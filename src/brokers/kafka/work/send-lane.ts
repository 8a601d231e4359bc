import type { BufferPool } from '../records/buffer-pool.js'
import { BatchBuilder, type Built } from '../records/builder.js'
import { nextSequence, stamp } from '../records/stamp.js'
import type { Producer } from '../wire/transactions.js'
import type { Section } from './record-section.js'

/** A message on its way; exactly one of the two is called. */
export type Parcel = {
  readonly section: Section
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Parcels of one partition as one batch, stamped; it is sent again as it is until its fate is known. */
export type Sending = {
  readonly lane: SendLane
  readonly parcels: readonly Parcel[]
  readonly built: Built
  /** Sequence of its first record. */
  readonly sequence: number
  /** Tries that failed, and when the first was made. */
  failures: number
  readonly since: number
}

/** What waits for one partition. One batch at a time is on its way, so that a batch sent again cannot change the order. */
export class SendLane {
  readonly partition: number
  /** A batch is on its way. */
  busy = false
  readonly #pool: BufferPool
  #waiting: Parcel[] = []
  #producer: Producer | undefined
  #sequence = 0
  /** Parcels that are to go alone, because a batch of them was refused. */
  #alone = 0

  constructor(partition: number, pool: BufferPool) {
    this.partition = partition
    this.#pool = pool
  }

  get idle(): boolean {
    return !this.busy && this.#waiting.length === 0
  }

  put(parcel: Parcel): void {
    this.#waiting.push(parcel)
  }

  /** The next batch; nothing where none waits. */
  next(producer: Producer): Sending | undefined {
    const [first] = this.#waiting
    if (first === undefined) return undefined
    if (this.#producer !== producer) this.#begin(producer)
    const builder = new BatchBuilder(this.partition, this.#pool)
    builder.origin = first.section.origin
    const most = this.#alone > 0 ? 1 : Number.POSITIVE_INFINITY
    this.#alone = Math.max(0, this.#alone - 1)
    let taken = 0
    for (const { section } of this.#waiting) {
      const { data, start, end, origin, time } = section
      if (taken >= most || origin !== builder.origin || !builder.fits(end - start)) break
      builder.append(data, start, end, 0, time)
      taken++
    }
    const parcels = this.#waiting.splice(0, taken)
    const built = builder.take()
    const sequence = this.#sequence
    stamp(built.batch, { ...producer, sequence, transactional: false })
    this.#sequence = nextSequence(sequence, taken)
    return { lane: this, parcels, built, sequence, failures: 0, since: Date.now() }
  }

  /** Takes a batch back that was not appended: its parcels come first again, each for itself where `alone`. */
  takeBack({ parcels, sequence }: Sending, { alone }: { readonly alone: boolean }): void {
    this.#waiting = [...parcels, ...this.#waiting]
    this.#sequence = sequence
    if (alone) this.#alone = parcels.length
  }

  /** Takes out everything that waits. */
  drop(): readonly Parcel[] {
    return this.#waiting.splice(0)
  }

  /** Passes over a batch that was not appended and never will be. */
  passOver({ sequence }: Sending): void {
    this.#sequence = sequence
  }

  #begin(producer: Producer): void {
    this.#producer = producer
    this.#sequence = 0
  }
}
