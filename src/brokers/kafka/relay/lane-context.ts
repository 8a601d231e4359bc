import { BUILDER_SMALLEST, BUILDERS_TOTAL, lanesAtOnce } from '../../../core/lanes-at-once.js'
import type { KafkaPlan } from '../../../core/plan.js'
import type { Link } from '../link.js'
import type { Leaders } from './leaders.js'

/** What all lanes of one run share. */
export type RelayContext = {
  readonly plan: KafkaPlan
  readonly source: Link
  readonly target: Link
  readonly sourceLeaders: Leaders
  readonly targetLeaders: Leaders
  readonly host: string
  /** Tells this execution of the run from every other. */
  readonly nonce: string
  readonly memory: MemoryShare
  /** Largest batch that the temporary topic takes, in bytes. */
  readonly maxMessageBytes: number
  /** An allowance before each transaction; zero records ends the lane (canary). */
  readonly allow: (soft: AbortSignal) => Promise<Allowed>
  /** Throws HoldError while the group has members; asked between the offset commit and the end of a transaction. */
  readonly assertIdle: () => Promise<void>
  /** Syncs a record that cannot be carried to the parking file. */
  readonly park: (parked: ParkedRecord) => Promise<void>
  /** Counting: notes a producer id in the journal before its first write. */
  readonly noteProducer: (id: bigint) => Promise<void>
  /** Counting: producers that this run has used. */
  readonly producers: Set<bigint>
  /** `--until lanes-empty`: lanes follow their tail until it closes. */
  readonly boundary?: Boundary
}

/** Between what goes through the lanes and what the originals will read themselves. */
export interface Boundary {
  readonly closed: boolean
  /** The lane stands at its tail. */
  caughtUp(lane: string): void
  /** Resolves when it may have closed, after a short while, or when `soft` aborts. */
  changed(soft: AbortSignal): Promise<void>
}

export type Allowed = {
  readonly records: number
  readonly bytes: number
  settle(used: { records: number; bytes: number }): void
}

export type ParkedRecord = {
  readonly partition: number
  readonly offset: number
  readonly timestamp: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly (readonly [name: string | Buffer, value: Buffer | null])[]
  readonly reason: string
}

/** Bytes that one lane may use; the sum over all open lanes stays within the promise (P9). */
export type MemoryShare = {
  /** Lanes that may be open at once. */
  readonly open: number
  readonly fetch: number
  readonly builder: number
  readonly outstanding: number
}

const FETCH_TOTAL = 24 << 20
/** Larger responses leave the processor's cache before they are walked: measured, 5 % slower at 4 MiB than at 1. */
const FETCH_LARGEST = 1 << 20
const OUTSTANDING_TOTAL = 16 << 20
const BUILDER_LARGEST = 256 << 10

/** Shares the memory of a drain out over `lanes` lanes that fan out to `factor` targets each. */
export function shareMemory(lanes: number, factor: number): MemoryShare {
  const open = lanesAtOnce(lanes, factor)
  return {
    open,
    // One response is worked on while the next is on its way.
    fetch: Math.min(FETCH_LARGEST, Math.floor(FETCH_TOTAL / open / 2)),
    builder: Math.min(BUILDER_LARGEST, Math.max(BUILDER_SMALLEST, Math.floor(BUILDERS_TOTAL / open / factor))),
    outstanding: Math.max(1 << 20, Math.floor(OUTSTANDING_TOTAL / open)),
  }
}
