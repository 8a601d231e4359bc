import type { ReplayRequest, ResumeRequest } from '../../commands/requests.js'
import { type Place, parseAddress } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import type { RunPlan } from '../../core/plan.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { UserError } from '../../errors.js'
import { resolvePlace } from '../../settings.js'
import { withAgain } from '../fanout/subject.js'
import { openKnownRun } from '../restore/opened.js'
import { systemOf, type Where } from '../system.js'
import { archiveSubject } from './archive-subject.js'
import type { ReplaySubject, ReplaySubjects } from './ends.js'
import { parkedRows } from './parked-rows.js'
import { parkedSubject } from './parked-subject.js'
import type { RedriveAsked } from './redrive.js'
import { plannedRows, rowsSubjects, withLogin } from './rows-subject.js'

/** What the argument of `replay` means. Throws UserError. */
export async function subjectsOf(request: ReplayRequest, where: Where): Promise<ReplaySubjects> {
  const { to, again, filter, execute, consumersStopped } = request
  const of = await withParkedRows(request, where)
  if (of.kind === 'rows') return rowsSubjects(withLogin(of, again?.database), { ...where, ...reachedBy(request) })
  if (of.kind !== 'dead-letters') return kept(of, where)
  const hasFilter = Object.keys(filter).length > 0
  const asked = { ...request, toOrigin: to === 'origin', hasFilter, resumed: false, execute, consumersStopped }
  return deadLetters(withAgain(of.place, again?.source), asked, where)
}

/** What a plan was drawn from, to be read again. Throws UserError. */
export function subjectsFrom(
  { from, target, filter, user }: Pick<ReplayPlan, 'from' | 'target' | 'filter' | 'user'>,
  request: ResumeRequest,
  where: Where,
): Promise<ReplaySubjects> {
  if (from.kind === 'rows')
    return rowsSubjects(withLogin(plannedRows(from), request.database), { ...where, ...reachedBy(request) })
  if (from.kind !== 'dead-letters') return Promise.resolve(kept(from, where))
  const planned = parseAddress(from.address)
  const own = user === undefined || target !== 'origin' ? planned : { ...planned, credentials: { username: user } }
  const asked = { ...request, toOrigin: target === 'origin', hasFilter: filter !== undefined, resumed: true }
  return deadLetters(withAgain(own, request.source), { ...asked, execute: true, consumersStopped: true }, where)
}

/** Of rows that a run has parked those are meant that a mapping makes messages of. */
async function withParkedRows({ of }: ReplayRequest, { io }: Where): Promise<ReplayRequest['of']> {
  if (of.kind !== 'parked' || of.map === undefined) return of
  const { run, map } = of
  const { from } = ofReplay((await openKnownRun(run, io)).plan)
  if (from?.kind !== 'rows')
    throw new UserError(`Run ${run} sent no rows: there is nothing to map`, { hint: 'Leave --map away.' })
  return { ...plannedRows(from), map, missing: await parkedRows(run, io) }
}

const ofReplay = (plan: RunPlan): Partial<Pick<ReplayPlan, 'from'>> => (plan.kind === 'replay' ? plan : {})

const kept = (
  { kind, run }: { readonly kind: 'archive' | 'parked'; readonly run: string },
  { io }: Where,
): ReplaySubjects => ({
  look: (): Promise<ReplaySubject> => (kind === 'archive' ? archiveSubject(run, io) : parkedSubject(run, io)),
  [Symbol.asyncDispose]: async () => undefined,
})

async function deadLetters(place: Place, asked: RedriveAsked, where: Where): Promise<ReplaySubjects> {
  const resolved = await resolvePlace(place, { io: where.io, config: asked.config })
  return (await systemOf(resolved.address.kind)).openDeadLetters(resolved, asked, where)
}

const reachedBy = ({ config, management }: { readonly config?: string; readonly management?: string }) =>
  defined({ config, management })
