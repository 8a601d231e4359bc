import { assertFits } from '../commands/fits.js'
import type { DrainRequest } from '../commands/requests.js'
import { defined } from '../core/defined.js'
import { parseFailpoint } from '../core/failpoint.js'
import { homeFolder } from '../core/home.js'
import type { Io, Presentation } from '../io.js'
import { createRun } from '../journal/runs.js'
import { resolvePlace } from '../settings.js'
import { approve } from './run/approve.js'
import { drainAgain } from './run/command-again.js'
import { execute } from './run/execute.js'
import { printPlan } from './run/print-plan.js'
import { savePlan } from './run/save-plan.js'
import { remindOf } from './runs/unrestored.js'
import { systemOf } from './system.js'

/** Plans a drain, shows the plan and, with `--execute`, runs it. Sets `io.exitCode`. */
export async function drain(request: DrainRequest, io: Io, present: Presentation): Promise<void> {
  parseFailpoint(io.env.SPILLWAY_FAILPOINT)
  await remindOf(io, present)
  const { config } = request
  const source = await resolvePlace(request.source, { io, config }, { source: true })
  const to = request.to && (await resolvePlace(request.to, { io, config }))
  const resolved = { ...request, source, ...defined({ to }) }
  const { kind } = source.address
  assertFits(kind, resolved)
  const { ends, draw } = await (await systemOf(kind)).openPlanner(resolved, { io, present })
  await using _open = ends
  const drawn = await draw()
  const { plan } = drawn
  if (request.save !== undefined) await savePlan(plan, request.save)
  if (!request.execute) return printPlan(plan, { io, present, command: drainAgain(request, plan) })
  const approved = await approve(drawn, { request, io, present, again: draw })
  await ends.prove(approved)
  const folder = await createRun(homeFolder(io.env), approved)
  await execute({ plan: approved, folder, ends, mode: 'fresh', reason: request.reason, given: request, io, present })
}
