import type { FanoutPlan } from '../core/fanout-plan.js'
import type { RunSoFar } from '../core/fold.js'
import type { LedgerEvent } from '../core/ledger-answer.js'
import type { KafkaPlan } from '../core/plan.js'
import { drainedTo } from './drained-to.js'
import type { Position, Subject } from './subject.js'

/**
 * What the fan-out of a drain's lanes tells of a message that the drain has copied: the copy's offset is not known, its lane is (with the key), so
 * a lane that was worked to its end had it, and one that was worked in part may have had it. Pure.
 */
export const laneWorked = (
  { plan, state }: { readonly plan: FanoutPlan; readonly state: RunSoFar },
  drain: KafkaPlan,
  subject: Subject & { readonly position: Position },
): LedgerEvent | undefined => {
  const { lane } = drainedTo(drain, subject)
  const worked = lane === undefined ? undefined : state.lanes.get(String(lane))
  if (worked === undefined || worked.read === 0n) return undefined
  const isWhole = state.ending?.kind === 'complete'
  return {
    at: state.ending?.at ?? state.lastAt ?? plan.plannedAt,
    run: plan.run,
    verb: plan.kind,
    what: 'worked',
    where: plan.target,
    detail: `its partition ${lane} of ${drain.targetTopic} was worked up to offset ${worked.mark}${isWhole ? ', its end' : ''}${parkedWords(worked.parked)}`,
    certain: isWhole && worked.parked === 0n,
  }
}

const parkedWords = (parked: bigint): string => (parked === 0n ? '' : `; ${parked} messages of it were parked`)
