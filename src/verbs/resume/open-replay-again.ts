import type { ResumeRequest } from '../../commands/requests.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { UserError } from '../../errors.js'
import type { Where } from '../system.js'
import type { OpenedAgain } from './open-again.js'

/** Connects to what a replay reads and to what it sends to. Throws UserError. */
export const openReplayAgain = async (
  _plan: ReplayPlan,
  _request: ResumeRequest,
  _where: Where,
): Promise<OpenedAgain> => {
  throw new UserError('not-supported')
}
