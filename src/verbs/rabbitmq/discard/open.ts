import type { DiscardPlan } from '../../../core/discard-plan.js'
import { UserError } from '../../../errors.js'
import type { DiscardAsked, DiscardEnds, DiscardPlanner } from '../../discard/ends.js'
import type { Reconnecting, Where } from '../../system.js'

/** Connects to the cluster of what shall be let go. Throws UserError. */
export async function openDiscard(_asked: DiscardAsked, _where: Where): Promise<DiscardPlanner> {
  throw notYet()
}

/** Connects to what a plan lets go. Throws UserError. */
export async function connectDiscard(_plan: DiscardPlan, _again: Reconnecting, _where: Where): Promise<DiscardEnds> {
  throw notYet()
}

const notYet = (): UserError => new UserError('not-supported')
