import type { FanoutRequest } from '../commands/requests.js'
import { parseFailpoint } from '../core/failpoint.js'
import { homeFolder } from '../core/home.js'
import { makeRunId } from '../core/run-id.js'
import { refusalInWords } from '../drain/refusals.js'
import { planFanout } from '../fanout/plan.js'
import type { Io, Presentation } from '../io.js'
import { createRun } from '../journal/runs.js'
import { fanoutAgain } from './fanout/command-again.js'
import { optionsOf } from './fanout/options.js'
import { printManifests } from './fanout/print-manifests.js'
import { kindOf, subjectOf, wholeOf } from './fanout/subject.js'
import { openWork } from './fanout/work.js'
import { approve } from './run/approve.js'
import { execute } from './run/execute.js'
import { printPlan } from './run/print-plan.js'
import { remindOf } from './runs/unrestored.js'
import { systemOf } from './system.js'

/** Plans a fan-out, shows the plan and, with `--execute`, runs it; with `--as` prints manifests instead. Sets `io.exitCode`. */
export async function fanout(request: FanoutRequest, io: Io, present: Presentation): Promise<void> {
  parseFailpoint(io.env.SPILLWAY_FAILPOINT)
  await remindOf(io, present)
  const where = { io, present }
  const run = makeRunId(io.now())
  const subject = await subjectOf(request, where)
  const { ends, look } = await (await systemOf(kindOf(subject))).openFanout({ subject, run, request }, where)
  await using _open = ends
  if (request.as !== undefined) return printManifests((await look()).look, request, where)
  const options = await optionsOf(request, { run, io })
  const draw = async () => {
    const { look: seen, refusals } = await look()
    const plan = planFanout({ ...seen, refusals: refusals.map(refusalInWords) }, { ...options, now: io.now() })
    return { plan, refusals }
  }
  const drawn = await draw()
  if (!request.execute) return printPlan(drawn.plan, { io, present, command: fanoutAgain(request, drawn.plan) })
  const plan = await approve(drawn, { request, io, present, again: draw })
  await ends.prove?.(plan)
  const isWhole = await wholeOf(plan, homeFolder(io.env))
  await using work = await openWork({ plan, ends, request, isWhole, where })
  const folder = await createRun(homeFolder(io.env), plan)
  const given = { ...request, ...request.again }
  await execute({ plan, folder, ends: work, mode: 'fresh', reason: request.reason, given, io, present })
}
