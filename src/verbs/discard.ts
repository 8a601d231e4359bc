import { assertDiscardFits } from '../commands/discard-fits.js'
import type { DiscardRequest } from '../commands/requests.js'
import type { DiscardPlan } from '../core/discard-plan.js'
import { parseFailpoint } from '../core/failpoint.js'
import { homeFolder } from '../core/home.js'
import { makeRunId } from '../core/run-id.js'
import { archiveRefusals, archiveWarnings } from '../discard/plan/archive-refusals.js'
import { planDiscard } from '../discard/plan.js'
import { type DrainRefusal, refusalInWords } from '../drain/refusals.js'
import type { Io, Presentation } from '../io.js'
import { createRun } from '../journal/runs.js'
import { confirmName } from '../present/confirm.js'
import { discardQuestion } from '../report/discard-plan-text.js'
import { resolvePlace } from '../settings.js'
import { discardAgain } from './discard/command-again.js'
import type { DiscardSeen } from './discard/ends.js'
import { letGo } from './discard/let-go.js'
import { howOf, optionsOf } from './discard/options.js'
import { neighbourOf } from './discard/volumes.js'
import { approve, type Drawn } from './run/approve.js'
import { execute } from './run/execute.js'
import { printPlan } from './run/print-plan.js'
import { remindOf } from './runs/unrestored.js'
import { systemOf } from './system.js'

/** Plans a discard, shows the plan and, with `--execute` and its name typed, runs it. Sets `io.exitCode`. */
export async function discard(request: DiscardRequest, io: Io, present: Presentation): Promise<void> {
  parseFailpoint(io.env.SPILLWAY_FAILPOINT)
  await remindOf(io, present)
  const run = makeRunId(io.now())
  const place = await resolvePlace(request.source, { io, config: request.config }, { source: true })
  const { kind } = place.address
  assertDiscardFits(kind, request)
  const how = howOf(kind, request)
  const { ends, look } = await (await systemOf(kind)).openDiscard({ place, run, request, how }, { io, present })
  await using _open = ends
  const draw = async () => drawn(await look(), request, { run, how, io })
  const first = await draw()
  if (!request.execute) {
    const command = discardAgain(request, first.plan)
    return printPlan(first.plan, { io, present, command, zone: request.zone })
  }
  const ask = (plan: DiscardPlan) =>
    confirmName(io, { question: discardQuestion(plan, request.zone), name: plan.confirm, given: request.confirm })
  // Without a terminal nobody could answer later: what is missing or wrong is told before anybody waits.
  if (!io.interactive || request.confirm !== undefined) await ask(first.plan)
  const plan = await approve(first, { request, io, present, again: draw, ask, zone: request.zone })
  await ends.prove?.(plan)
  const folder = await createRun(homeFolder(io.env), plan)
  const worker = { events: (running: Parameters<typeof letGo>[1]) => letGo(ends, running) }
  await execute({ plan, folder, ends: worker, mode: 'fresh', reason: request.reason, given: request, io, present })
}

type Drawing = { readonly run: string; readonly how: DiscardPlan['how']; readonly io: Io }

/** The plan of what a broker says now; what speaks against the place of its archive comes last. */
async function drawn(
  { look, refusals: seen }: DiscardSeen,
  request: DiscardRequest,
  { run, how, io }: Drawing,
): Promise<Drawn<DiscardPlan>> {
  const options = await optionsOf(request, { run, how, io })
  const draft = planDiscard(look, options)
  const neighbour = draft.archive && (await neighbourOf(draft.archive.folder, look.brokerFolders))
  const refusals: readonly DrainRefusal[] = [...seen, ...archiveRefusals(draft, neighbour)]
  const warned = { ...look, warnings: [...archiveWarnings(neighbour), ...look.warnings] }
  return { plan: planDiscard(warned, options, refusals.map(refusalInWords)), refusals }
}
