import type { ResumeRequest } from '../../commands/requests.js'
import type { DiscardPlan } from '../../core/discard-plan.js'
import { letGo } from '../discard/let-go.js'
import { execute } from '../run/execute.js'
import { systemFor, type Where } from '../system.js'
import { type OpenedAgain, resuming } from './open-again.js'

/** Connects to what a discard lets go. Throws UserError. */
export const openDiscardAgain = async (
  plan: DiscardPlan,
  request: ResumeRequest,
  where: Where,
): Promise<OpenedAgain> => {
  const ends = await (await systemFor(plan)).connectDiscard(plan, request, where)
  return {
    assertSamePlace: () => ends.assertSamePlace(plan),
    busy: () => ends.busy(plan),
    prepare: async () => undefined,
    execute: (folder, state) =>
      execute({
        ...resuming(plan, { request, where, state }),
        folder,
        ends: { events: running => letGo(ends, running) },
      }),
    [Symbol.asyncDispose]: () => ends[Symbol.asyncDispose](),
  }
}
