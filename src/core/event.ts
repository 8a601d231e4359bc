import type { Ledger } from './ledger.js'
import type { Rate } from './plan.js'

/** Position in a lane, opaque to the core; only its adapter compares two. Kafka: the next offset to read, decimal. */
export type Mark = string

/** Offsets that are no data records; each has its own line in the balance sheet, none is counted as read. */
export type NotData = { readonly holes: bigint; readonly markers: bigint; readonly aborted: bigint }

/** What one settled batch amounted to. `bytes` are record-batch bytes as read from the source. */
export type Counts = Ledger & NotData & { readonly bytes: bigint }

/**
 * Everything that happens in a run; journal, progress bar and report are folds over this one stream.
 * Times are ISO 8601 in UTC.
 */
export type RunEvent =
  | {
      readonly type: 'started'
      readonly at: string
      readonly host: string
      readonly pid: number
      readonly resumed: boolean
    }
  /** A lane's position when this execution began reading it. */
  | { readonly type: 'opened'; readonly at: string; readonly lane: string; readonly from: Mark; readonly to: Mark }
  /** Copies are durable and the source position has moved with them. Counts are of this batch alone. */
  | {
      readonly type: 'settled'
      readonly at: string
      readonly lane: string
      readonly mark: Mark
      readonly counts: Counts
      /** Messages that a replay looked at and left out; they are not read. */
      readonly skipped?: bigint
    }
  /** A lane reached its end mark. */
  | { readonly type: 'finished'; readonly at: string; readonly lane: string; readonly mark: Mark }
  | { readonly type: 'held'; readonly at: string; readonly reason: string; readonly until: 'clears' | 'operator' }
  | { readonly type: 'released'; readonly at: string; readonly reason: string; readonly by: string }
  /** A range of one lane that both the originals and this run may have had, or that is lost. */
  | {
      readonly type: 'doubted'
      readonly at: string
      readonly lane: string
      readonly from: Mark
      readonly to: Mark
      readonly why: string
      readonly messages: bigint
      /** Told apart from the same range on another occasion, where each counts. */
      readonly occasion?: number
    }
  | {
      readonly type: 'lost'
      readonly at: string
      readonly lane: string
      readonly from: Mark
      readonly to: Mark
      readonly why: string
    }
  | { readonly type: 'warned'; readonly at: string; readonly message: string }
  /** The operator changed something on the live run (rate, reason, ignored hold). */
  | {
      readonly type: 'steered'
      readonly at: string
      readonly what: string
      readonly by: string
      /** The limit that holds from now on, whatever the plan has. */
      readonly rate?: Rate | 'unlimited'
    }
  /** A step of taking the temporary things away; an undo that is done ends with `ended` and `undone` as well. */
  | {
      readonly type: 'restored'
      readonly at: string
      readonly how: 'restore' | 'undo'
      readonly step: 'begun' | 'fenced' | 'offsets' | 'topic' | 'claim' | 'group' | 'messages' | 'lanes' | 'done'
      /** In words. */
      readonly what: string
      /** At `begun`: the id of the topic that goes; empty where it was gone, or below Kafka 2.8. */
      readonly topicId?: string
    }
  | { readonly type: 'ended'; readonly at: string; readonly ending: Ending }

export type Ending =
  | { readonly kind: 'complete' }
  | { readonly kind: 'stopped'; readonly by: string }
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly message: string
      readonly hint: string
      readonly exitCode: number
    }
  | { readonly kind: 'undone' }
