import { setTimeout as sleep } from 'node:timers/promises'
import { byKind } from '../../core/by-kind.js'
import { defined } from '../../core/defined.js'
import type { DrainPlan, RunPlan } from '../../core/plan.js'
import { namesOf } from '../../core/plan-names.js'
import { formatCount } from '../../core/quantity.js'
import { type DrainRefusal, toRefusal } from '../../drain/refusals.js'
import type { Io, Presentation } from '../../io.js'
import { confirm } from '../../present/confirm.js'
import { discardQuestion } from '../../report/discard-plan-text.js'
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
  /** Asks for more than "go on?", terminal or not. Throws UserError `not-confirmed`. */
  readonly ask?: (plan: P) => Promise<void>
  /** IANA zone of the plan's text; the machine's unless given. */
  readonly zone?: string | undefined
}

/**
 * Waits as long as asked for refusals that may clear, shows the plan on standard error and has it confirmed. Throws the Refusal, at once
 * where one of them cannot clear.
 */
export async function approve<P extends RunPlan>(first: Drawn<P>, approval: Approval<P>): Promise<P> {
  const { request, io, present, ask, zone } = approval
  const { plan, refusals } = await patiently(first, approval)
  const [refusal, ...more] = refusals
  if (refusal !== undefined) throw toRefusal([refusal, ...more])
  if (io.interactive && !present.quiet) io.err.write(planText(plan, defined({ zone })))
  if (ask !== undefined) await ask(plan)
  else if (io.interactive) await confirm(io, questionOf(plan), request.yes)
  return plan
}

/** What is asked before a plan is run. */
const questionOf = (plan: RunPlan): string =>
  byKind(plan, {
    drain: drain => `Copy ${namesOf(drain).source} into ${namesOf(drain).target}?`,
    fanout: ({ expect, topic, target }) => `Hand ${formatCount(expect.messages)} messages of ${topic} to ${target}?`,
    discard: discard => discardQuestion(discard),
    replay: ({ expect, source, target }) =>
      `Send ${expect.messagesIsUnknown === true ? 'an unknown number of' : formatCount(expect.messages)} messages of ${source} again, ${target === 'origin' ? 'back to where they came from' : `to ${target}`}?`,
  })

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
