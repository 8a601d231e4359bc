import { setTimeout as sleep } from 'node:timers/promises'
import type { DrainPlan } from '../../core/plan.js'
import { Refusal } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import { confirm } from '../../present/confirm.js'
import { describePlan } from '../../report/plan-text.js'

/** A refusal that may clear by itself is looked at again this often. */
const POLL_MS = 1000

type Approval = {
  readonly request: { readonly yes: boolean; readonly waitMs: number }
  readonly io: Io
  readonly present: Presentation
  /** Draws the plan anew, from a new survey. */
  readonly again: () => Promise<DrainPlan>
}

/** Waits for refusals as long as asked, shows the plan on standard error and has it confirmed. Throws Refusal. */
export async function approve(first: DrainPlan, { request, io, present, again }: Approval): Promise<DrainPlan> {
  let plan = first
  for (const until = Date.now() + request.waitMs; plan.refusals.length > 0 && Date.now() < until; ) {
    if (!present.quiet) io.err.write(`waiting: ${plan.refusals[0]}\n`)
    await sleep(POLL_MS, undefined, { signal: io.soft })
    plan = await again()
  }
  if (plan.refusals.length > 0) throw refused(plan)
  if (!io.interactive) return plan
  if (!present.quiet) io.err.write(describePlan(plan))
  await confirm(io, `Copy ${plan.sourceTopic} into ${plan.targetTopic}?`, request.yes)
  return plan
}

function refused(plan: DrainPlan): Refusal {
  const [first = '', ...rest] = plan.refusals
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`
  return new Refusal(`Refused: ${first}${more}`, {
    code: 'refused',
    hint: 'Clear what is named, or see the whole plan by leaving --execute out. --wait 120s polls until it has cleared.',
    details: plan.refusals.map(message => ({ message })),
  })
}
