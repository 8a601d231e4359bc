import { setTimeout as sleep } from 'node:timers/promises'
import type { DrainPlan, RunPlan } from '../../core/plan.js'
import { isFanoutPlan, namesOf } from '../../core/plan-names.js'
import { formatCount } from '../../core/quantity.js'
import { type DrainRefusal, toRefusal } from '../../drain/refusals.js'
import type { Io, Presentation } from '../../io.js'
import { confirm } from '../../present/confirm.js'
import { planText } from './plan-text.js'

/** A refusal that may clear by itself is looked at again this often. */
const POLL_MS = 1000

/** A plan, and what speaks against running it now. */
export type Drawn<P extends RunPlan = DrainPlan> = { readonly plan: P; readonly refusals: readonly DrainRefusal[] }

type Approval<P extends RunPlan> = {
  readonly request: { readonly yes: boolean; readonly waitMs: number }
  readonly io: Io
  readonly present: Presentation
  /** Draws the plan anew, from a new survey. */
  readonly again: () => Promise<Drawn<P>>
}

/**
 * Waits as long as asked for refusals that may clear, shows the plan on standard error and has it confirmed. Throws the Refusal, at once
 * where one of them cannot clear.
 */
export async function approve<P extends RunPlan>(
  first: Drawn<P>,
  { request, io, present, again }: Approval<P>,
): Promise<P> {
  const { plan, refusals } = await patiently(first, { request, io, present, again })
  const [refusal, ...more] = refusals
  if (refusal !== undefined) throw toRefusal([refusal, ...more])
  if (!io.interactive) return plan
  if (!present.quiet) io.err.write(planText(plan))
  await confirm(io, questionOf(plan), request.yes)
  return plan
}

function questionOf(plan: RunPlan): string {
  if (isFanoutPlan(plan))
    return `Hand ${formatCount(plan.expect.messages)} messages of ${plan.topic} to ${plan.target}?`
  const { source, target } = namesOf(plan)
  return `Copy ${source} into ${target}?`
}

async function patiently<P extends RunPlan>(
  first: Drawn<P>,
  { request, io, present, again }: Approval<P>,
): Promise<Drawn<P>> {
  let drawn = first
  const until = Date.now() + request.waitMs
  // A timer may fire a millisecond early: the last look is told by what was left before the wait, not by the clock after it.
  for (let left = request.waitMs; mayClear(drawn) && left > 0; left = left > POLL_MS ? until - Date.now() : 0) {
    if (!present.quiet) io.err.write(`waiting: ${drawn.refusals[0]?.message}\n`)
    await sleep(Math.min(POLL_MS, left), undefined, { signal: io.soft })
    drawn = await again()
  }
  return drawn
}

const mayClear = ({ refusals }: { readonly refusals: readonly DrainRefusal[] }): boolean =>
  refusals.length > 0 && refusals.every(refusal => refusal.mayClear)
