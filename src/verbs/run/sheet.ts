import type { RunSoFar } from '../../core/fold.js'
import type { RunPlan } from '../../core/plan.js'
import { isFanoutPlan } from '../../core/plan-names.js'
import { balanceSheet } from '../../report/balance-sheet.js'

/** The balance sheet of a run, in the words of what it did. */
export const sheetOf = (plan: RunPlan, state: RunSoFar): string =>
  balanceSheet(state, {
    offsets: plan.system !== 'rabbitmq',
    ...(isFanoutPlan(plan) ? { written: 'done by the handler' } : {}),
  })
