import type { ReplayRequest } from '../commands/requests.js'
import { defined } from '../core/defined.js'
import { parseFailpoint } from '../core/failpoint.js'
import { homeFolder } from '../core/home.js'
import type { ReplayPlan } from '../core/replay-plan.js'
import { makeRunId } from '../core/run-id.js'
import { refusalInWords } from '../drain/refusals.js'
import type { Io, Presentation } from '../io.js'
import { createRun } from '../journal/runs.js'
import { planReplay } from '../replay/plan.js'
import { replayAgain } from './replay/command-again.js'
import { optionsOf } from './replay/options.js'
import { placeOf } from './replay/place.js'
import { circleRefusals, groupRefusals } from './replay/refusals.js'
import { printSample } from './replay/sample.js'
import { subjectsOf } from './replay/subject.js'
import { replayEvents } from './replay/work.js'
import { approve, type Drawn } from './run/approve.js'
import { execute } from './run/execute.js'
import { printPlan } from './run/print-plan.js'
import { remindOf } from './runs/unrestored.js'
import { systemOf } from './system.js'

/** Plans a replay, shows the plan and, with `--execute`, runs it; with `--sample` prints messages instead. Sets `io.exitCode`. */
export async function replay(request: ReplayRequest, io: Io, present: Presentation): Promise<void> {
  parseFailpoint(io.env.SPILLWAY_FAILPOINT)
  await remindOf(io, present)
  const where = { io, present }
  const options = await optionsOf(request, makeRunId(io.now()))
  await using subjects = await subjectsOf(request, where)
  const subject = await subjects.look()
  if (request.sample !== undefined)
    return printSample(subject, { count: request.sample, filter: options.filter, io, present })
  const place = await placeOf(request, subject, where)
  await using target = await (await systemOf(place.address.kind)).openReplayTarget(place, request, where)
  const matching = options.filter && (await subject.count?.(options.filter))
  const draw = async (): Promise<Drawn<ReplayPlan>> => {
    const { look: found, refusals: unready } = await subjects.look()
    const source = { ...found, ...defined({ matching }) }
    const asked = { subject, toOrigin: request.to === 'origin', transactions: request.transactions }
    const seen = await target.look(asked)
    const refusals = [
      ...unready,
      ...seen.refusals,
      ...circleRefusals(source, seen.look),
      ...groupRefusals(source, seen.look, request.transactions),
    ]
    const look = { source, target: seen.look, refusals: refusals.map(refusalInWords) }
    return { plan: planReplay(look, { ...options, now: io.now() }), refusals }
  }
  const drawn = await draw()
  const { zone } = request
  if (!request.execute) return printPlan(drawn.plan, { io, present, command: replayAgain(request), zone })
  const plan = await approve(drawn, { request, io, present, again: draw, zone })
  const folder = await createRun(homeFolder(io.env), plan)
  const ends = { events: (running: Parameters<typeof replayEvents>[1]) => replayEvents({ subject, target }, running) }
  const { to, ...rest } = { ...request.again, ...request }
  const given = to === 'origin' ? rest : { ...rest, to }
  await execute({ plan, folder, ends, mode: 'fresh', reason: request.reason, given, io, present })
}
