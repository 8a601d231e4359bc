import { byKind } from '../../core/by-kind.js'
import type { RunSoFar } from '../../core/fold.js'
import type { RunPlan } from '../../core/plan.js'
import { balanceSheet } from '../../report/balance-sheet.js'

/** The balance sheet of a run, in the words of what it did. */
export const sheetOf = (plan: RunPlan, state: RunSoFar): string =>
  balanceSheet(state, {
    offsets: plan.system !== 'rabbitmq',
    ...byKind<{ written?: string }>(plan, {
      drain: () => ({}),
      fanout: () => ({ written: 'done by the handler' }),
      discard: () => ({ written: 'a discard sends nothing' }),
      replay: () => ({ written: 'acknowledged by the target' }),
    }),
  })
