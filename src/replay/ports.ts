import type { Counts, Mark } from '../core/event.js'
import type { Message } from '../core/message.js'

/** Where one message goes, where not all go to the same: a topic with its partition, or an exchange with a routing key. */
export type Destination =
  | { readonly topic: string; readonly partition?: number | undefined }
  | { readonly exchange: string; readonly routingKey: Buffer }

/** A message that is to be sent again. */
export type ReplayItem = {
  readonly message: Message
  /** Position behind it: where a resume goes on that has this one. */
  readonly next: Mark
  /** Absent: the target of the plan. */
  readonly to?: Destination | undefined
  /** Kafka: number of the codec that it was compressed with. */
  readonly codec?: number | undefined
  /** Why it can never be sent: it is parked. */
  readonly unable?: string | undefined
}

/** Some messages of a lane, in lane order; none where all were left out. */
export type ReplayChunk = {
  readonly items: readonly ReplayItem[]
  /** Position behind all that was looked at. */
  readonly next: Mark
  /** How many were looked at and left out: told, but not read. */
  readonly skipped: number
  /** Of a chunk without items: nothing more may come before what was handed out is settled, so that a page ends here. */
  readonly pause?: boolean
}

/** One strand of messages with a fixed end: a partition or queue of an archive, a file of parked messages, a dead-letter queue, rows by time and key. */
export interface ReplayLane {
  readonly lane: string
  readonly from: Mark
  /** Position at which the lane is finished. */
  readonly to: Mark
  /** How many messages it holds, left out ones included, where that is known: another number is damage. */
  readonly messages?: bigint
  /**
   * Reads on from a position of this lane, up to its end; some hundred messages or some 256 KiB a chunk. Ends early when `soft` aborts. Called anew
   * after a fault, with the position of what was settled last. Throws RunError, BrokerError.
   */
  read(from: Mark, soft: AbortSignal): AsyncIterable<ReplayChunk>
  /** Only where the source keeps the position (a queue): lets go of everything before a position. Resolves when the source has it. */
  settle?(upTo: Mark): Promise<void>
}

/** What is sent again. */
export interface ReplaySource extends AsyncDisposable {
  readonly lanes: readonly ReplayLane[]
  /** What the report should say once all lanes are complete. */
  notes?(): Promise<readonly string[]>
}

/** What one lane of a replay amounts to so far, over all executions. */
export type ReplayTotals = Counts & { readonly skipped: bigint }

/** Where a lane stands. */
export type ReplayPosition = { readonly mark: Mark; readonly totals: ReplayTotals }

/** Headers that are added to a message, or stand in the place of those with the same name. */
export type ReplayExtra = readonly (readonly [name: string, value: string])[]

/** A message as it goes out. */
export type Outgoing = ReplayItem & { readonly extra: ReplayExtra }

/** A message that can never be carried there, with why. */
export type Unable<Item = Outgoing> = { readonly item: Item; readonly reason: string }

/** How much one page may hold: it is sent and settled as one. */
export type PageSize = { readonly messages: number; readonly bytes: number }

/**
 * The way of one lane into the target. The calls of a page come in this order: `prepare`, `send`, `commit`; or `abandon` after a fault, and `position`
 * again.
 */
export interface LaneSink {
  /** Ends what an earlier execution has left open. Gives the position that the target keeps; undefined where the journal does. */
  position(): Promise<ReplayPosition | undefined>
  /** How much the next page may hold. */
  readonly page: PageSize
  /** Gets ready for a page with nothing open yet; gives the messages that can never be carried there. Throws BrokerError. */
  prepare(items: readonly Outgoing[]): Promise<readonly Unable[]>
  /**
   * Resolves when every message is durable (acks=all; a confirm without a return), but for those that it gives back: these turned out to be none
   * that the target takes. Throws BrokerError (`retry` where it may pass).
   */
  send(items: readonly Outgoing[], hard: AbortSignal): Promise<readonly Unable[]>
  /** Makes what was sent visible together with the position, where the target keeps it. */
  commit(position: ReplayPosition): Promise<void>
  /** Gives up what was sent and not committed. Does not throw. */
  abandon(): Promise<void>
  /** Messages that were sent a second time because their fate was never heard, since the last call. */
  takeRepeats(): number
  /** Messages that may be at the target already, though they are not committed: whoever goes on sends them again. */
  readonly uncommitted: number
}

/** Where messages go again. */
export interface ReplaySink extends AsyncDisposable {
  /** The way of a lane; `index` is its place among all lanes of the plan. */
  lane(lane: string, index: number): LaneSink
  /** Most messages that a kill can repeat in each lane; 0 where the target keeps the position. */
  readonly repeatsAtMost: number
  /** Once all lanes are complete: takes away what only a resume would have needed. */
  finish(): Promise<void>
}

/** Sends single messages, each of which is durable when its promise resolves. Calls made one after the other arrive in that order, but for what fails. */
export interface ReplaySender extends AsyncDisposable {
  /** Throws BrokerError (`retry` where it may pass), UncarriableError. */
  send(message: Message, extra: ReplayExtra, to?: Destination): Promise<void>
}
