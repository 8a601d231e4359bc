import type { ReplayRequest } from '../../commands/requests.js'
import { defined } from '../../core/defined.js'
import { homeFolder } from '../../core/home.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { type Night, nightAt } from '../../core/window.js'
import { type DrainRefusal, refusalInWords } from '../../drain/refusals.js'
import type { Io } from '../../io.js'
import type { ReplayOptions } from '../../replay/plan/options.js'
import { planReplay } from '../../replay/plan.js'
import type { Drawn } from '../run/approve.js'
import type { ReplaySubject, ReplaySubjects, ReplayTarget } from './ends.js'
import { plannedGauges } from './gauges.js'
import { wouldHold } from './gauges-now.js'
import { circleRefusals, groupRefusals } from './refusals.js'
import { windowShut } from './window.js'
import { isNightly, plannedWindow } from './window-night.js'
import { type Asked, concerns, gapWarnings, repeatRefusals } from './window-refusals.js'
import { isUnfinished, replaysOf } from './window-runs.js'

type Drawing = {
  readonly request: ReplayRequest
  readonly options: Omit<ReplayOptions, 'now'>
  readonly subjects: ReplaySubjects
  readonly subject: ReplaySubject
  readonly target: ReplayTarget
  readonly night?: Night | undefined
  readonly io: Io
}

/** Draws the plan of a replay, again and again while `--wait` polls. Throws UserError, BrokerError. */
export function drawing({
  request,
  options,
  subjects,
  subject,
  target,
  night,
  io,
}: Drawing): () => Promise<Drawn<ReplayPlan>> {
  const { transactions } = request
  const window = isNightly(request) ? plannedWindow(request, io.now(), night) : undefined
  return async () => {
    const matching = options.filter && (await subject.count?.(options.filter))
    const { look: found, refusals: unready } = await subjects.look()
    const seen = await target.look({ subject, toOrigin: request.to === 'origin', transactions })
    const asked = { ...found, target: seen.look.target, filter: options.filter, window, isFixed: isFixed(request) }
    const told = await toldByRuns(request, asked, io)
    // A run reads them itself before it sends anything.
    const holds = request.execute ? [] : await wouldHold(request, { target, io })
    const source = { ...found, ...defined({ matching }), warnings: [...found.warnings, ...told.warnings, ...holds] }
    const refusals = [
      ...shutNow(request, night, io.now()),
      ...told.refusals,
      ...unready,
      ...seen.refusals,
      ...circleRefusals(source, seen.look),
      ...groupRefusals(source, seen.look, transactions),
    ]
    const look = { source, target: seen.look, refusals: refusals.map(refusalInWords) }
    const gauges = plannedGauges(request)
    return { plan: planReplay(look, { ...options, ...defined({ window, gauges }), now: io.now() }), refusals }
  }
}

/** Who began a night in time may bring it to paper when it is over. */
const shutNow = (request: ReplayRequest, night: Night | undefined, now: Date): DrainRefusal[] =>
  isNightly(request) && night === undefined && nightAt(request.window, now) === undefined
    ? [windowShut(request.window, now)]
    : []

/** Dead letters are others every night, and so is a day that moves. */
const isFixed = ({ of, typed }: ReplayRequest): boolean =>
  of.kind !== 'dead-letters' && typed === undefined && !(of.kind === 'rows' && of.missing !== undefined)

async function toldByRuns(request: ReplayRequest, asked: Asked, { env }: Io) {
  const runs = await replaysOf(homeFolder(env), plan => concerns(plan, asked))
  const warnings = request.typed === undefined ? [] : gapWarnings(runs, asked)
  if (request.repeat === true) return { warnings, refusals: [] }
  const carried =
    request.carryOver === true
      ? runs.filter(run => isUnfinished(run) && run.plan.window?.job === asked.window?.job)
      : []
  const refusals = repeatRefusals(
    runs.filter(run => !carried.includes(run)),
    asked,
  )
  return {
    refusals,
    warnings: [
      ...carried.map(({ plan }) => `First run ${plan.run} is finished, which an earlier night began`),
      ...warnings,
    ],
  }
}
