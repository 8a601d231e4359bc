import { readFile } from 'node:fs/promises'
import { provePermissions } from '../brokers/kafka/admin/permissions.js'
import type { ApplyRequest } from '../commands/requests.js'
import { defined } from '../core/defined.js'
import { verifyPlan } from '../core/digest.js'
import { parseFailpoint } from '../core/failpoint.js'
import { homeFolder } from '../core/home.js'
import type { DrainPlan } from '../core/plan.js'
import { type Drift, drift, replan } from '../drain/drift.js'
import { drainRefusals, toRefusal } from '../drain/refusals.js'
import { Refusal, UserError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { createRun, runPath } from '../journal/runs.js'
import { showApply } from './run/apply-show.js'
import { approve, type Drawn } from './run/approve.js'
import { execute } from './run/execute.js'
import type { Links } from './run/links.js'
import { otherCluster } from './run/other-cluster.js'
import { reconnect, sourceOf } from './run/reconnect.js'
import { surveyForPlan } from './run/survey-for-plan.js'
import { assertNotBegun } from './runs/begun.js'
import { remindOf } from './runs/unrestored.js'

/** Shows a saved plan against the cluster of now and, with `--execute`, runs it. Sets `io.exitCode`. */
export async function apply(request: ApplyRequest, io: Io, present: Presentation): Promise<void> {
  parseFailpoint(io.env.SPILLWAY_FAILPOINT)
  await remindOf(io, present)
  const saved = verifyPlan(await read(request.file))
  const home = homeFolder(io.env)
  if (request.execute) await assertNotBegun(runPath(home, saved.run), saved.run)
  await using links = await reconnect(saved, request, { io, present })
  const look = () => compare({ saved, links, request, io })
  const first = await look()
  if (!request.execute) return showApply(saved, first, { io, present, file: request.file })
  if (!present.quiet) showChanges(first.drift, io)
  assertNoDrift(first)
  const again = async () => {
    const next = await look()
    assertNoDrift(next)
    return next
  }
  const plan = await approve(first, { request, io, present, again })
  await provePermissions({ plan, ...links })
  const folder = await createRun(home, plan)
  await execute({ plan, folder, ...links, mode: 'fresh', reason: request.reason, io, present })
}

type Comparing = {
  readonly saved: DrainPlan
  readonly links: Links
  readonly request: ApplyRequest
  readonly io: Io
}

/** The saved plan against the cluster of now: drift, the plan that would run, what speaks against it. */
async function compare({ saved, links, request, io }: Comparing) {
  const survey = await surveyForPlan(links.source, sourceOf(saved, request), { io, execute: request.execute })
  const target = await otherCluster(links)
  const { rate, maxDriftPercent } = request
  const again = { now: io.now(), ...defined({ target, rate, maxDriftPercent }) }
  const found = drift(saved, survey, again)
  // A plan for another topic or layout cannot be drawn anew: what it was planned for is not there.
  if (found.refusals.length > 0 && found.changes.length === 0) return { drift: found, plan: saved, refusals: [] }
  const plan = replan(saved, survey, again)
  return { drift: found, plan, refusals: drainRefusals(survey, plan, defined({ target })) }
}

function showChanges({ changes }: Drift, io: Io): void {
  for (const { what, planned, now } of changes) io.err.write(`${what}: planned ${planned} / now ${now}\n`)
}

const TAKEN: readonly string[] = ['claimed', 'already-begun']

/** A run that holds the group explains what drifted, so it is named first. */
function assertNoDrift({ drift: { refusals }, refusals: others }: Drawn & { readonly drift: Drift }): void {
  const taken = others.find(({ code }) => TAKEN.includes(code))
  if (taken !== undefined) throw toRefusal([taken, ...others.filter(each => each !== taken)])
  const [first] = refusals
  if (first === undefined) return
  throw new Refusal(`The cluster has drifted from the plan: ${first.at} ${first.message}`, {
    code: 'drift',
    hint: 'Plan again with `spillway drain SOURCE --save FILE`, look at it, and apply that.',
    details: refusals,
  })
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UserError(`The plan cannot be read: ${why}`, {
      code: 'plan-unreadable',
      hint: 'Name the file that `spillway drain SOURCE --save FILE` wrote.',
      cause,
    })
  }
}
