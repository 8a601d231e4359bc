import { setTimeout as sleep } from 'node:timers/promises'
import type { ResumeRequest } from '../../commands/requests.js'
import { type ByKind, byKind } from '../../core/by-kind.js'
import { foldAll, isAborted, type RunSoFar } from '../../core/fold.js'
import type { DrainPlan, RunPlan } from '../../core/plan.js'
import { isDrainPlan, replayCommand, undoCommand } from '../../core/plan-names.js'
import { EXIT, Refusal } from '../../errors.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { readRun } from '../runs/look.js'
import { showEnvelope } from '../runs/show.js'
import { told } from '../runs/told.js'
import type { Where } from '../system.js'
import { openDrainAgain, openFanoutAgain } from './open-again.js'
import { openDiscardAgain } from './open-discard-again.js'
import { openReplayAgain } from './open-replay-again.js'

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
    await using again = await told(folder, where, async () => {
      if (now.ending?.kind === 'complete') throw alreadyDone(folder.id)
      return byKind(plan, {
        drain: drain => openDrainAgain(drain, request, where),
        fanout: fanout => openFanoutAgain(fanout, request, where),
        discard: discard => openDiscardAgain(discard, request, where),
        replay: replay => openReplayAgain(replay, request, where),
      })
    })
    await told(folder, where, async () => {
      await again.assertSamePlace()
      await untilIdle(() => again.busy(), { waitMs: request.waitMs, io, present })
      await again.prepare()
    })
    await again.execute(folder, now)
  } finally {
    await folder.close()
  }
}

const alreadyDone = (run: string): Refusal =>
  new Refusal(`Run ${run} was completed by another process just now`, {
    code: 'ended',
    hint: `See \`spillway status ${run}\`.`,
  })

function assertResumable(plan: RunPlan, state: RunSoFar, afterAbort: boolean): void {
  if (isDrainPlan(plan)) assertNotTakenApart(plan, state)
  if (!isAborted(state) || afterAbort) return
  throw new Refusal(`Run ${plan.run} was aborted`, {
    code: 'aborted',
    hint: `To carry it on after all: spillway resume ${plan.run} --after-abort.${byKind(plan, BACK)}`,
  })
}

/** What there is instead of carrying it on. */
const BACK: ByKind<string> = {
  drain: plan => ` To give the backlog back: ${undoCommand(plan)} --execute`,
  fanout: () => '',
  discard: plan => (plan.archive === undefined ? '' : ` To send again what is gone: ${replayCommand(plan)} --execute`),
  replay: () => '',
}

function assertNotTakenApart(plan: DrainPlan, state: RunSoFar): void {
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
