import type { ReplayRequest } from '../commands/requests.js'
import { parseFailpoint } from '../core/failpoint.js'
import type { ReplayPlan } from '../core/replay-plan.js'
import { makeRunId } from '../core/run-id.js'
import type { Night } from '../core/window.js'
import type { Io, Presentation } from '../io.js'
import { replayAgain } from './replay/command-again.js'
import { createOnce } from './replay/create-once.js'
import { drawing } from './replay/draw.js'
import { gaugeDatabase } from './replay/gauges.js'
import { optionsOf } from './replay/options.js'
import { placeOf } from './replay/place.js'
import { printSample } from './replay/sample.js'
import { subjectsOf } from './replay/subject.js'
import { supervised } from './replay/supervised.js'
import { WindowClose } from './replay/window-close.js'
import { isNightly, oneNight } from './replay/window-night.js'
import { replayEvents } from './replay/work.js'
import { approve } from './run/approve.js'
import { execute, type Worker } from './run/execute.js'
import { printPlan } from './run/print-plan.js'
import { remindOf } from './runs/unrestored.js'
import { systemOf, type Where } from './system.js'

/** Plans a replay, shows the plan and, with `--execute`, runs it; with `--sample` prints messages instead. Sets `io.exitCode`. */
export async function replay(request: ReplayRequest, io: Io, present: Presentation): Promise<void> {
  parseFailpoint(io.env.SPILLWAY_FAILPOINT)
  await remindOf(io, present)
  const where = { io, present }
  if (!isNightly(request) || !request.execute || request.sample !== undefined) return send(request, where)
  await oneNight(request, where, night => send(request, where, night))
}

async function send(request: ReplayRequest, where: Where, night?: Night): Promise<void> {
  const { io, present } = where
  const options = await optionsOf(request, makeRunId(io.now()))
  await using subjects = await subjectsOf(request, where)
  const subject = await subjects.look()
  if (request.sample !== undefined)
    return printSample(subject, { count: request.sample, filter: options.filter, zone: request.zone, io, present })
  const place = await placeOf(request, subject, where)
  await using target = await (await systemOf(place.address.kind)).openReplayTarget(place, request, where)
  const draw = drawing({ request, options, subjects, subject, target, night, io })
  const drawn = await draw()
  const { zone } = request
  if (!request.execute) return printPlan(drawn.plan, { io, present, command: replayAgain(request), zone })
  const plan = await approve(drawn, { request, io, present, again: draw, zone })
  const folder = await createOnce(plan, request.repeat === true, io)
  const close = isNightly(request) && night ? new WindowClose({ window: request.window, night, io }) : undefined
  const watched = { target, database: gaugeDatabase(request), config: request.config, close }
  const ends: Worker<ReplayPlan> = {
    events: running => supervised(() => replayEvents({ subject, target }, running), running, watched),
  }
  const { to, ...rest } = { ...request.again, ...request }
  const given = to === 'origin' ? rest : { ...rest, to }
  await execute({ plan, folder, ends, mode: 'fresh', reason: request.reason, given, io: close?.io ?? io, present })
}
