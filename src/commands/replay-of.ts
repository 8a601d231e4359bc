import type { RowsPlace } from '../core/address/rows.js'
import type { Place } from '../core/address.js'
import type { PlannedMap } from '../core/row-mapping.js'
import type { RowsAsked } from '../core/rows-asked.js'
import type { MissingGiven } from './missing-asked.js'

/** What is sent again. */
export type ReplayOf =
  | { readonly kind: 'archive'; readonly run: string; readonly missing?: MissingGiven }
  | {
      readonly kind: 'parked'
      readonly run: string
      /** A file as it was typed: rows that the run parked, read and mapped anew. */
      readonly map?: string
      /** Which of its messages alone, by their keys; absent: all. */
      readonly missing?: MissingGiven
    }
  /** Rows of a database or a file. */
  | {
      readonly kind: 'rows'
      readonly place: RowsPlace
      readonly rows: RowsAsked
      /** What becomes of a row: a file as it was typed, or the mapping of a plan. */
      readonly map?: string | PlannedMap
      /** Which of them alone; absent: all. */
      readonly missing?: MissingGiven
      /** A page that takes longer is given up; absent: 30 s. */
      readonly statementMs?: number
    }
  /** A topic with its group, or a queue. */
  | { readonly kind: 'dead-letters'; readonly place: Place }
