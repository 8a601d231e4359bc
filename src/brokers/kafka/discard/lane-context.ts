import type { ArchiveWriter } from '../../../archive/ports.js'
import type { Link } from '../link.js'
import type { Leaders } from '../relay/leaders.js'

/** What a lane may let go before it settles, by the rate; it tells what it used. Records and record-batch bytes. */
export type Granted = {
  readonly records: number
  readonly bytes: number
  settle(used: { readonly records: number; readonly bytes: number }): void
}

/** What all lanes of one discard share. */
export type DiscardContext = {
  readonly link: Link
  readonly leaders: Leaders
  /** Absent: nothing is kept. */
  readonly archive?: Pick<ArchiveWriter, 'lane' | 'sync'>
  /** Milliseconds since the epoch: only what is older goes. */
  readonly before?: number
  /** Bytes of one fetch. */
  readonly fetchBytes: number
  /** Waits for the rate. */
  readonly grant: (soft: AbortSignal) => Promise<Granted>
}
