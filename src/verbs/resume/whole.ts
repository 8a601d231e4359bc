import type { RunSoFar } from '../../core/fold.js'
import type { DrainPlan } from '../../core/plan.js'

/** A canary that has had its N messages goes on with the rest, without a limit. */
export function whole(plan: DrainPlan, { ending, ledger }: RunSoFar): DrainPlan {
  const { first, ...rest } = plan
  const looked = ending?.kind === 'stopped' && ending.by === 'canary'
  return first !== undefined && (looked || ledger.read >= BigInt(first)) ? rest : plan
}
