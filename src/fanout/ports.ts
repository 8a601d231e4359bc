import type { Counts, Mark, NotData, RunEvent } from '../core/event.js'
import type { Message } from '../core/message.js'
import type { Gate, Settled } from '../core/ports.js'

/** Some messages of a lane, in lane order; none where there were only markers, holes or aborted records. */
export type Chunk = {
  readonly messages: readonly Message[]
  /** Position behind the chunk: what settles it whole. */
  readonly next: Mark
  readonly notData: NotData
  /** Bytes as they came from the broker. */
  readonly bytes: number
  /** How many of them were delivered before, by the broker's own word; a handler may have seen those. */
  readonly redelivered?: number
}

/** What is done, to be settled. */
export type Done = {
  /** Everything before this position is done. */
  readonly upTo: Mark
  /** Only for lanes that settle `each`: what became done since the last call, in any order. */
  readonly messages: readonly Message[]
  /** What the step amounted to, for adapters that keep the running counts at the broker. */
  readonly counts: Counts
}

/** Where a lane begins, and what an earlier worker may have handled there without settling it. */
export type OpenedLane = {
  readonly from: Mark
  /** Position at which the lane is finished; as far as known now where it still grows. */
  readonly to: Mark
  readonly doubted?: { readonly to: Mark; readonly messages: bigint; readonly why: string }
  /** What this very run settled without living to journal it. */
  readonly recovered?: Settled
}

/**
 * One life of one lane in this process. Faults that pass are waited out inside (they show as trouble at the gate). What ends it for good, with
 * nothing settled any more, is LaneGone: the lane belongs to somebody else, or its messages will be delivered again.
 */
export interface WorkLane {
  readonly lane: string
  /** `prefix`: settling means "all before". `each`: messages are settled one by one (AMQP acks). */
  readonly settling: 'prefix' | 'each'
  /** Takes the position over. Throws LaneGone, BrokerError, Refusal. */
  open(): Promise<OpenedLane>
  /**
   * Reads on. Ends when the end is reached (`finished`), when the lane is to be given back (a rebalance), or when `soft` aborts. The caller then
   * lets what is in hand end, settles it and calls `close`. Asked for the next chunk only when there is room. Throws LaneGone.
   */
  chunks(soft: AbortSignal): AsyncIterable<Chunk>
  /** Position behind this one message. */
  after(message: Message): Mark
  /** Resolves when the broker has it. Throws LaneGone. One call at a time. */
  settle(done: Done): Promise<void>
  /** Gives the lane back; whoever gets it next need not doubt anything where `clean`. */
  close(clean: boolean): Promise<void>
  /** The end was reached by `chunks`. */
  readonly finished: boolean
}

/** What an intake hands over: a lane to work on, or something that happened to lanes elsewhere (finished by another process, a warning). */
export type Taken = { readonly lane: WorkLane } | { readonly event: RunEvent }

/** The lanes that this process gets, in competition with others or alone. */
export interface Intake extends AsyncDisposable {
  /** Lanes as they come; a lane that was given back may come again. Ends when all lanes are finished, by whomever, or `soft` aborts. */
  take(soft: AbortSignal): AsyncIterable<Taken>
  /** Called when the run ended well and all that was told of it is journalled: what only then may be let go of. Throws what `take` throws. */
  conclude?(): Promise<void>
  /** Longest that work in hand may take once a lane is to be given back, in milliseconds. */
  readonly patienceMs: number
}

/** The lane is no longer ours: what is in hand cannot be settled, and will be seen again by whoever has it now. */
export class LaneGone extends Error {
  override readonly name = 'LaneGone'
}

/** One try of one message. */
export type Attempt = {
  readonly message: Message
  /** 1 at first; tries that do not count (a busy answer) do not raise it. */
  readonly attempt: number
}

/** What became of one try. */
export type Outcome =
  | { readonly kind: 'done' }
  /** Counts: tried again up to the limit, then parked. `outage`: it was what the handler stands on, not the message (no connection). */
  | { readonly kind: 'failed'; readonly reason: string; readonly outage?: boolean }
  /** Try again, without counting; not before `afterMs` where the handler says so. */
  | { readonly kind: 'later'; readonly reason: string; readonly afterMs?: number }
  /** Trying again cannot help: park at once. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The handler died with it in hand: once more elsewhere, then parked. */
  | { readonly kind: 'died'; readonly reason: string }

export const DONE: Outcome = { kind: 'done' }

/** The user's handler. */
export interface Handler extends AsyncDisposable {
  /** Most messages in its hands at once. */
  readonly slots: number
  /** Makes it ready; throws UserError where it cannot run at all (no such file, a worker that dies at once). */
  start(): Promise<void>
  /**
   * Tries one message. What goes wrong with the message is an outcome; a rejection means that the handler as a whole is broken, and ends the run.
   * `hard` gives up: the outcome no longer matters.
   */
  handle(attempt: Attempt, hard: AbortSignal): Outcome | Promise<Outcome>
}

/** A message that is set aside, with why. */
export type Parked = { readonly message: Message; readonly reason: string; readonly attempts: number }

/** Where messages are set aside. Resolves when it is durable. */
export type Park = (parked: Parked) => Promise<void>

/** A way to send messages to another topic or queue. */
export interface Sender extends AsyncDisposable {
  /** Address of the target without credentials. */
  readonly target: string
  /** Resolves when the copy is durable (acks=all; a confirm without a return). Throws BrokerError (`retry` where it may pass), UncarriableError. */
  send(message: Message, extra?: readonly (readonly [name: string, value: string])[]): Promise<void>
}

/** The message can never be carried there (too large, a name that the target does not take); trying again cannot help. */
export class UncarriableError extends Error {
  override readonly name = 'UncarriableError'
}

/** The gate as fan-out uses it: it also stops what is read already. */
export interface WorkGate extends Gate {
  /** Something holds the run now. */
  readonly closed: boolean
  holds(): readonly { readonly reason: string }[]
  /** False where an operator chose to ignore the reason. */
  hold(reason: string, until: 'clears' | 'operator'): boolean
  onChange(listener: () => void): () => void
  takeEvents(): Iterable<RunEvent>
}
