import { readFile } from 'node:fs/promises'
import type { ApplyRequest } from '../commands/requests.js'
import { verifyDrainPlan } from '../core/digest.js'
import { parseFailpoint } from '../core/failpoint.js'
import { homeFolder } from '../core/home.js'
import type { Drift } from '../drain/drift.js'
import { toRefusal } from '../drain/refusals.js'
import { Refusal, UserError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { createRun, runPath } from '../journal/runs.js'
import { showApply } from './run/apply-show.js'
import { approve, type Drawn } from './run/approve.js'
import { execute } from './run/execute.js'
import { assertNotBegun } from './runs/begun.js'
import { remindOf } from './runs/unrestored.js'
import { systemFor } from './system.js'

/** Shows a saved plan against the cluster of now and, with `--execute`, runs it. Sets `io.exitCode`. */
export async function apply(request: ApplyRequest, io: Io, present: Presentation): Promise<void> {
  parseFailpoint(io.env.SPILLWAY_FAILPOINT)
  await remindOf(io, present)
  const saved = verifyDrainPlan(await read(request.file))
  const home = homeFolder(io.env)
  if (request.execute) await assertNotBegun(runPath(home, saved.run), saved.run)
  await using ends = await (await systemFor(saved)).connect(saved, request, { io, present })
  const look = () => ends.compare(saved, request)
  const first = await look()
  if (!request.execute) return showApply(saved, first, { io, present, request })
  if (!present.quiet) showChanges(first.drift, io)
  assertNoDrift(first)
  const again = async () => {
    const next = await look()
    assertNoDrift(next)
    return next
  }
  const plan = await approve(first, { request, io, present, again })
  await ends.prove(plan)
  const folder = await createRun(home, plan)
  await execute({ plan, folder, ends, mode: 'fresh', reason: request.reason, given: request, io, present })
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
