import type { QueuePlan } from '../../../core/queue-plan.js'
import type { RabbitLink } from '../link.js'
import type { PutBack } from './put-back.js'

/** What a relay is told and given by whoever runs it. */
export type QueueRelayRequest = {
  readonly plan: QueuePlan
  /** Dials a new connection; called again after each loss. */
  readonly connect: (purpose: 'consume' | 'publish') => Promise<RabbitLink>
  /** Totals of the lane by the events that were journalled so far; zeros for a fresh run. */
  readonly journalled: { readonly read: bigint; readonly written: bigint }
  /** Throws BrokerError, retriable, where the source is known to have no leader: its counts are worth nothing then. */
  readonly assertLeader?: () => Promise<void>
  /** An earlier execution of this run ended; what it left unacked comes again, redelivered. */
  readonly resumed: boolean
  /** An allowance before each batch; zero records ends the lane (canary). */
  readonly allow: (soft: AbortSignal) => Promise<Allowed>
  /** Syncs a message that cannot be carried to the parking file. */
  readonly park: (parked: ParkedMessage) => Promise<void>
  /** Lifts a hold whose cause went away; true where it was there. */
  readonly release: (reason: string) => boolean
  /** Notes in the journal, before it happens, that so many messages may be copied without an ack seen: what a kill can double. */
  readonly noteWindow: (messages: number) => Promise<void>
  /** Notes in the journal that so many messages may be in the lanes twice, since a connection was lost. */
  readonly noteDoubt: (messages: number, why: string) => Promise<void>
  /**
   * An undo: the queue of the plan is a lane, and its only lane queue an exchange that leads to the source. Nothing is declared, and what
   * was set aside is put back.
   */
  readonly putBack?: PutBack
  /** `--until lanes-empty`: the tail is followed until it closes. */
  readonly boundary?: Boundary
  /** After this long without being asked for more, the consumer stands down. Milliseconds; 60,000 unless told. */
  readonly idleMs?: number
}

/** Between what goes through the lanes and what the originals will read themselves. */
export interface Boundary {
  readonly closed: boolean
  /** Nothing may be taken now, also where the queue was followed to its tail. */
  readonly held: boolean
  /** The queue was copied up to its tail. */
  caughtUp(queue: string): void
}

export type Allowed = {
  readonly records: number
  readonly bytes: number
  settle(used: { records: number; bytes: number }): void
}

/** A message that cannot be carried, as it came. */
export type ParkedMessage = {
  readonly queue: string
  /** How many of this queue were settled before it, in this run. */
  readonly mark: string
  readonly exchange: string
  readonly routingKey: Buffer
  /** The content header of AMQP 0-9-1 (2.3.5.2) as the broker sent it: class, weight, body size, flags, properties. */
  readonly header: Buffer
  readonly body: Buffer
  readonly reason: string
}
