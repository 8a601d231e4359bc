import { verifyPlan } from '../../../core/digest.js'
import { foldAll, type RunSoFar } from '../../../core/fold.js'
import { RunError } from '../../../errors.js'
import { listRuns, openRun } from '../../../journal/runs.js'

/** What a run amounts to, by its journal. */
export type RunLedger = {
  readonly run: string
  readonly written: number
  readonly dropped: number
  readonly skipped: number
}

/** The one run of its kind in the home of a rehearsal. Throws RunError where there is none. */
export async function ledgerOf(kind: 'discard' | 'replay', home: string): Promise<RunLedger> {
  for (const run of await listRuns(home)) {
    const folder = await openRun(home, run)
    if (verifyPlan(await folder.plan()).kind === kind) return sums(run, await foldAll(folder.events()))
  }
  throw new RunError(`There is no ${kind} in ${home}`)
}

function sums(run: string, { ledger, lanes }: RunSoFar): RunLedger {
  const skipped = [...lanes.values()].reduce((sum, lane) => sum + (lane.skipped ?? 0n), 0n)
  return { run, written: Number(ledger.written), dropped: Number(ledger.dropped), skipped: Number(skipped) }
}
