import { formatAddress, type Place } from '../../core/address.js'
import { verifyPlan } from '../../core/digest.js'
import { homeFolder } from '../../core/home.js'
import type { Io } from '../../io.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { listRuns, openRun } from '../../journal/runs.js'
import type { AnyPlan } from '../../ledger/plans.js'
import { classify } from '../../present/error.js'

/** A run of this home that is searched. */
export type HomeRun = { readonly plan: AnyPlan; readonly folder: RunFolder }

/** The runs to search, oldest first, and what could not be read. */
export type HomeRuns = { readonly runs: readonly HomeRun[]; readonly notes: readonly string[] }

/** Opens all runs of this home, or those whose source is, or lies on, an address, with the runs that went on from them. One that cannot be read is told, and hides no other. */
export async function homeRuns(io: Io, source?: Place): Promise<HomeRuns> {
  const home = homeFolder(io.env)
  const runs: HomeRun[] = []
  const notes: string[] = []
  for (const id of await listRuns(home)) {
    const run = await read(home, id).catch((error: unknown) => classify(error, io.soft))
    if (run instanceof Error) notes.push(`run ${id} cannot be read, so it was not searched: ${run.message}`)
    else if (source === undefined || isOf(run.plan, formatAddress(source.address), runs)) runs.push(run)
  }
  return { runs, notes }
}

const read = async (home: string, id: string): Promise<HomeRun> => {
  const folder = await openRun(home, id)
  return { folder, plan: verifyPlan(await folder.plan()) }
}

/** A fan-out works the lanes of a drain, a replay sends what another run kept: they are of its source as well. */
const isOf = (plan: AnyPlan, source: string, earlier: readonly HomeRun[]): boolean => {
  const before =
    plan.kind === 'fanout' ? plan.of : plan.kind === 'replay' && 'run' in plan.from ? plan.from.run : undefined
  return liesOn(plan.source, source) || earlier.some(each => each.plan.run === before)
}

/** Whether an address is another, or a topic, queue or group of it. */
const liesOn = (address: string, other: string): boolean =>
  address === other || address.startsWith(`${other}/`) || address.startsWith(`${other}?`)
