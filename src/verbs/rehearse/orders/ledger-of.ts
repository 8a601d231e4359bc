import { foldAll } from '../../../core/fold.js'
import { RunError } from '../../../errors.js'
import { listRuns, openRun } from '../../../journal/runs.js'

/** What the newest run of a home amounts to, by its journal. */
export type RunLedger = {
  readonly run: string
  readonly written: number
  readonly dropped: number
  readonly skipped: number
}

/** The newest run. Throws RunError where there is none. */
export async function newestRun(home: string): Promise<RunLedger> {
  const run = (await listRuns(home)).at(-1)
  if (run === undefined) throw new RunError(`There is no run in ${home}`)
  const { ledger, lanes } = await foldAll((await openRun(home, run)).events())
  const skipped = [...lanes.values()].reduce((sum, lane) => sum + (lane.skipped ?? 0n), 0n)
  return { run, written: Number(ledger.written), dropped: Number(ledger.dropped), skipped: Number(skipped) }
}
