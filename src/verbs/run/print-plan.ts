import { defined } from '../../core/defined.js'
import { NOTHING_YET } from '../../core/fold.js'
import type { RunPlan } from '../../core/plan.js'
import { plannedOriginals } from '../../core/planned-originals.js'
import { toEnvelope } from '../../core/to-envelope.js'
import type { Io, Presentation } from '../../io.js'
import { toPrettyJson } from '../../present/json.js'
import { planText } from './plan-text.js'

/** Prints a plan that was not executed: as text with the command that does, or as the envelope of a planned run with the whole plan inside. */
export function printPlan(
  plan: RunPlan,
  { io, present, command, zone }: { io: Io; present: Presentation; command: string; zone?: string | undefined },
): void {
  if (present.format === 'json') io.out.write(toPrettyJson({ ...plannedEnvelope(plan, io), plan }))
  else io.out.write(planText(plan, { command, ...defined({ zone }) }))
}

const plannedEnvelope = (plan: RunPlan, io: Io) =>
  toEnvelope(plan, NOTHING_YET, { alive: false, now: io.now(), originals: plannedOriginals(plan) })
