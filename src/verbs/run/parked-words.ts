import { join } from 'node:path'
import { runsFolder } from '../../core/home.js'
import type { RunPlan } from '../../core/plan.js'
import { isFanoutPlan } from '../../core/plan-names.js'
import type { Io } from '../../io.js'
import { PARKED_FILE } from '../../journal/run-folder.js'
import { parkedRowsCommand } from '../replay/parked-rows.js'
import { type Reaching, reachedBy } from './command-again.js'

type Run = { readonly plan: RunPlan; readonly given: Reaching; readonly io: Pick<Io, 'env'> }

/** Where the messages of a run lie that were set aside, and the command that sends them again; nothing where none are. */
export const parkedWords = ({ plan, given, io }: Run, parked: bigint): string => {
  if (parked === 0n) return ''
  const place =
    isFanoutPlan(plan) && plan.park !== undefined ? plan.park : join(runsFolder(io.env), plan.run, PARKED_FILE)
  const aside = `Set aside:     ${parked} messages, with reasons, in ${place}\n`
  if (isFanoutPlan(plan) && plan.park !== undefined) return aside
  // Rows are read again: the mapping, or they themselves, may be mended by then.
  const rows = plan.kind === 'replay' ? parkedRowsCommand(plan) : undefined
  return `${aside}Send them on:  ${reachedBy(rows ?? `spillway replay parked:${plan.run} --to ADDRESS`, given)}\n`
}
