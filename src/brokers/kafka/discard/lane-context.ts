import type { ArchiveWriter } from '../../../archive/ports.js'
import type { Grant } from '../../../core/rate.js'
import type { Link } from '../link.js'
import type { Leaders } from '../relay/leaders.js'

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
  readonly grant: (soft: AbortSignal) => Promise<Grant>
}
