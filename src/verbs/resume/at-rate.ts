import type { Rate } from '../../core/plan.js'

/** A plan with the rate that was set last instead of its own; as it is where none was. Pure. */
export function atRate<P extends { readonly rate?: Rate }>(plan: P, rate: Rate | 'unlimited' | undefined): P {
  if (rate === undefined) return plan
  if (rate !== 'unlimited') return { ...plan, rate }
  const { rate: _planned, ...rest } = plan
  return rest as P
}
