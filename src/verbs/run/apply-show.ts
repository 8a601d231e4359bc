import type { ApplyRequest } from '../../commands/requests.js'
import { NOTHING_YET } from '../../core/fold.js'
import type { DrainPlan } from '../../core/plan.js'
import { plannedOriginals } from '../../core/planned-originals.js'
import { toEnvelope } from '../../core/to-envelope.js'
import type { Drift } from '../../drain/drift.js'
import { type DrainRefusal, refusalInWords } from '../../drain/refusals.js'
import type { Io, Presentation } from '../../io.js'
import { toPrettyJson } from '../../present/json.js'
import { table } from '../../present/table.js'
import { applyAgain } from './command-again.js'
import { planText } from './plan-text.js'

type Compared = { readonly drift: Drift; readonly plan: DrainPlan; readonly refusals: readonly DrainRefusal[] }

/** Prints a saved plan as it would run now, planned / now, and what would refuse it. Changes nothing. */
export function showApply(
  saved: DrainPlan,
  { drift, plan, refusals }: Compared,
  { io, present, request }: { io: Io; present: Presentation; request: ApplyRequest },
): void {
  const all = [...drift.refusals.map(({ at, message }) => `drift: ${at} ${message}`), ...refusals.map(refusalInWords)]
  if (present.format === 'json') {
    const originals = plannedOriginals(plan)
    const envelope = toEnvelope(plan, NOTHING_YET, { alive: false, now: io.now(), originals, refusals: all })
    io.out.write(toPrettyJson({ ...envelope, changes: drift.changes, plan }))
    return
  }
  const rows = drift.changes.map(({ what, planned, now }) => [what, planned, now])
  const compared =
    rows.length === 0
      ? 'Nothing has changed since it was planned.\n'
      : table([{ title: '' }, { title: 'PLANNED' }, { title: 'NOW' }], rows)
  io.out.write(
    `${planText({ ...plan, refusals: all }, { command: applyAgain(request) })}\nPlanned ${saved.plannedAt}; planned / now:\n\n${compared}`,
  )
}
