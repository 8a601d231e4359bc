import type { FanoutRequest } from '../../commands/requests.js'
import type { Place } from '../../core/address.js'
import { notADrain, verifyPlan } from '../../core/digest.js'
import type { FanoutPlan } from '../../core/fanout-plan.js'
import { isDrainPlan } from '../../core/plan-names.js'
import { runOfTemporary } from '../../core/temporary-topic.js'
import { Refusal, UserError } from '../../errors.js'
import type { Io } from '../../io.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { openRun } from '../../journal/runs.js'
import { resolvePlace } from '../../settings.js'
import { openKnownRun } from '../restore/opened.js'
import { lastOf } from '../runs/last-of.js'
import type { Resolved, System, Where } from '../system.js'
import type { FanSubject } from './ends.js'

/** What the argument of `fanout` means. Throws UserError `no-such-run`, `not-a-drain`; Refusal `restored` where its lanes are gone. */
export const subjectOf = async (request: FanoutRequest, { io }: Pick<Where, 'io'>): Promise<FanSubject> => {
  if ('run' in request.of) return ofRun(request.of.run, io)
  const place = await resolvePlace(request.of.place, { io, config: request.config }, { source: true })
  return { kind: isTemporary(place) ? 'lanes' : 'source', place }
}

/** The kind of broker that a subject lies on. */
export const kindOf = (subject: FanSubject): System['kind'] =>
  subject.kind === 'drain' ? (subject.drain.system ?? 'kafka') : subject.place.address.kind

/** Temporary topics and queues are known by their names; of queues it is the one without their numbers. */
const isTemporary = ({ address }: Resolved): boolean => {
  const name = address.kind === 'kafka' ? address.topic : address.queue
  return name !== undefined && runOfTemporary(name) !== undefined
}

const ofRun = async (run: string, io: Io): Promise<FanSubject> => {
  const { folder, plan } = await openKnownRun(run, io)
  if (!isDrainPlan(plan)) throw notADrain(plan)
  const { ending, restored } = await lastOf(folder)
  if (ending?.kind === 'undone' || restored !== undefined)
    throw new Refusal(`Run ${run} was ${ending?.kind === 'undone' ? 'undone' : 'restored'}: its lanes are gone`, {
      code: 'restored',
      hint: 'Plan a new drain, or work the source itself: spillway fanout SOURCE.',
    })
  return { kind: 'drain', drain: plan, isWhole: ending?.kind === 'complete' }
}

/**
 * Whether the drain of a plan's lanes copies no more into them, to be asked again and again: by its journal, where its folder is in this
 * home; a drain without a folder here is taken for complete.
 */
export const wholeOf = async (plan: Pick<FanoutPlan, 'of'>, home: string): Promise<() => Promise<boolean>> => {
  const folder = plan.of === undefined ? undefined : await folderOf(plan.of, home)
  let whole = folder === undefined
  return async () => {
    if (!whole && folder !== undefined) whole = (await lastOf(folder)).ending?.kind === 'complete'
    return whole
  }
}

const folderOf = async (run: string, home: string): Promise<RunFolder | undefined> => {
  try {
    const folder = await openRun(home, run)
    return isDrainPlan(verifyPlan(await folder.plan())) ? folder : undefined
  } catch (error) {
    if (error instanceof UserError && error.code === 'no-such-run') return undefined
    throw error
  }
}

/** A place with the credentials that were given for it again, if any were. */
export const withAgain = (place: Place, again: Place | undefined): Place =>
  again?.credentials === undefined ? place : { ...place, credentials: again.credentials }
