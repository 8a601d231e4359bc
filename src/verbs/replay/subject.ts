import type { ReplayRequest } from '../../commands/requests.js'
import { parseAddress } from '../../core/address.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { UserError } from '../../errors.js'
import type { Where } from '../system.js'
import { archiveSubject } from './archive-subject.js'
import type { ReplaySubject } from './ends.js'
import { parkedSubject } from './parked-subject.js'

/** What the argument of `replay` means, or what a plan was drawn from. Throws UserError. */
export async function subjectOf(of: ReplayRequest['of'], { io }: Pick<Where, 'io'>): Promise<ReplaySubject> {
  switch (of.kind) {
    case 'archive':
      return archiveSubject(of.run, io)
    case 'parked':
      return parkedSubject(of.run, io)
    case 'dead-letters':
      throw new UserError('Dead letters come with a later version', { code: 'not-supported' })
    default:
      return of satisfies never
  }
}

/** What a plan was drawn from, to be read again. Throws UserError. */
export async function subjectFrom(
  { from }: Pick<ReplayPlan, 'from'>,
  where: Pick<Where, 'io'>,
): Promise<ReplaySubject> {
  if (from.kind !== 'dead-letters') return subjectOf(from, where)
  return subjectOf({ kind: from.kind, place: parseAddress(from.address) }, where)
}
