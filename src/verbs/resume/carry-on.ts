import { setTimeout as sleep } from 'node:timers/promises'
import type { ResumeRequest } from '../../commands/requests.js'
import { foldAll, isAborted, type RunSoFar } from '../../core/fold.js'
import type { DrainPlan } from '../../core/plan.js'
import { undoCommand } from '../../core/plan-names.js'
import { EXIT, Refusal } from '../../errors.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { execute } from '../run/execute.js'
import { readRun } from '../runs/look.js'
import { showEnvelope } from '../runs/show.js'
import { told } from '../runs/told.js'
import { systemFor, type Where } from '../system.js'
import { atRate } from './at-rate.js'

const POLL_MS = 1000

/** Carries a run on that no process works on. Sets `io.exitCode`. Throws Refusal, UserError. */
export async function carryOn(folder: RunFolder, request: ResumeRequest, where: Where): Promise<void> {
  const { io, present } = where
  const { plan, state, envelope } = await readRun(folder, io.now())
  if (state.ending?.kind === 'complete') {
    showEnvelope(envelope, { io, present })
    io.exitCode = state.ledger.parked > 0n ? EXIT.left : EXIT.complete
    return
  }
  await told(folder, where, async () => {
    assertResumable(plan, state, request.afterAbort)
    await folder.claim({ takeOver: request.takeOver })
  })
  try {
    // Whoever held it until now may have come further.
    const now = await foldAll(folder.events())
    await using ends = await told(folder, where, async () => {
      if (now.ending?.kind === 'complete') throw alreadyDone(folder.id)
      return (await systemFor(plan)).connect(plan, request, where)
    })
    await told(folder, where, async () => {
      await ends.assertSamePlace(plan)
      await untilIdle(() => ends.busy(plan), { waitMs: request.waitMs, io, present })
    })
    const { ignore, rate, reason } = request
    const rest = atRate(whole(plan, now), rate ?? now.rate)
    await execute({ plan: rest, folder, ends, mode: 'resume', ignore, reason, rate, given: request, io, present })
  } finally {
    await folder.close()
  }
}

const alreadyDone = (run: string): Refusal =>
  new Refusal(`Run ${run} was completed by another process just now`, {
    code: 'ended',
    hint: `See \`spillway status ${run}\`.`,
  })

function assertResumable(plan: DrainPlan, state: RunSoFar, afterAbort: boolean): void {
  const { run } = plan
  if (state.ending?.kind === 'undone' || state.restored !== undefined) {
    const done = state.ending?.kind === 'undone' || state.restored?.done === true
    throw new Refusal(`Run ${run} ${done ? 'was undone' : 'is being taken apart'}: there is nothing to carry on`, {
      code: 'undone',
      hint: done
        ? 'The source has its backlog back. Plan a new drain.'
        : `Finish that: ${state.restored?.how === 'undo' ? undoCommand(plan) : `spillway restore ${run}`} --execute`,
    })
  }
  if (!isAborted(state) || afterAbort) return
  throw new Refusal(`Run ${run} was aborted`, {
    code: 'aborted',
    hint: `To carry it on after all: spillway resume ${run} --after-abort. To give the backlog back: ${undoCommand(plan)} --execute`,
  })
}

/** A canary that has had its N messages goes on with the rest, without a limit. */
export function whole(plan: DrainPlan, { ending, ledger }: RunSoFar): DrainPlan {
  const { first, ...rest } = plan
  const looked = ending?.kind === 'stopped' && ending.by === 'canary'
  return first !== undefined && (looked || ledger.read >= BigInt(first)) ? rest : plan
}

/** Refuses while somebody stands in the way, polling for `waitMs`. Throws Refusal `group-live`. */
export async function untilIdle(
  busy: () => Promise<string | undefined>,
  { waitMs, io, present }: Where & { readonly waitMs: number },
): Promise<void> {
  for (const until = Date.now() + waitMs; ; ) {
    const reason = await busy()
    if (reason === undefined) return
    if (Date.now() >= until) {
      throw new Refusal(`Refused: ${reason}`, {
        code: 'group-live',
        hint: 'Stop its consumers, then resume again; --wait 120s polls until they are gone.',
      })
    }
    if (!present.quiet) io.err.write(`waiting: ${reason}\n`)
    await sleep(Math.min(POLL_MS, until - Date.now()), undefined, { signal: io.soft })
  }
}
