import type { Archived } from '../../ledger/evidence.js'
import type { HomeRun } from './home-runs.js'
import type { Wanted } from './parked.js'

/** Looks messages up in the archive of a run; none where it kept none. Throws RunError where the archive cannot be read. */
export type LookUp = (run: HomeRun, wanted: Wanted) => Promise<readonly Archived[]>
