import type { Counts } from '../../../core/event.js'

type Sum = { written: number; parked: number; bytes: number }
const none = (): Sum => ({ written: 0, parked: 0, bytes: 0 })

/**
 * Counts of what was acked, on its way to the journal: `acked` when the ack was sent, `taken` when the broker has answered a call after
 * it, reported once by `report`.
 */
export class Tally {
  #acked = none()
  #taken = none()
  #reported = 0n

  /** Settled messages, all executions together. */
  constructor(journalled: bigint) {
    this.#reported = journalled
  }

  get settled(): bigint {
    return this.#reported
  }

  /** Acked or settled, seen to be taken or not. */
  get sent(): bigint {
    return this.#reported + BigInt(sum(this.#taken) + sum(this.#acked))
  }

  /** Acks that were sent and not yet seen to be taken. */
  get unsure(): number {
    return sum(this.#acked)
  }

  ack(part: Sum): void {
    add(this.#acked, part)
  }

  /** The broker has taken all acks that were sent. */
  sure(): void {
    add(this.#taken, this.#acked)
    this.#acked = none()
  }

  /** Of the acks that nobody saw taken, so many were. */
  found(messages: number): void {
    const written = Math.min(messages, this.#acked.written)
    const bytes = messages === this.unsure ? this.#acked.bytes : 0
    add(this.#taken, { written, parked: Math.min(messages - written, this.#acked.parked), bytes })
    this.#acked = none()
  }

  /** What an earlier execution had acked and did not live to journal. */
  foundBefore(messages: number): void {
    this.#taken.written += messages
  }

  /** Hands the counts over to be journalled; undefined where there are none. */
  report(): Counts | undefined {
    const { written, parked, bytes } = this.#taken
    if (written + parked === 0) return undefined
    this.#taken = none()
    this.#reported += BigInt(written + parked)
    return {
      read: BigInt(written + parked),
      written: BigInt(written),
      parked: BigInt(parked),
      dropped: 0n,
      holes: 0n,
      markers: 0n,
      aborted: 0n,
      bytes: BigInt(bytes),
    }
  }
}

const sum = ({ written, parked }: Sum): number => written + parked

function add(to: Sum, { written, parked, bytes }: Sum): void {
  to.written += written
  to.parked += parked
  to.bytes += bytes
}
