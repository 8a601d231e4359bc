import { setTimeout as sleep } from 'node:timers/promises'
import type { AbortRequest } from '../commands/requests.js'
import { type ByKind, byKind } from '../core/by-kind.js'
import { homeFolder } from '../core/home.js'
import type { RunPlan } from '../core/plan.js'
import { replayCommand, undoCommand } from '../core/plan-names.js'
import { EXIT, RunError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { abortDeadRun } from '../journal/abort.js'
import type { RunFolder } from '../journal/run-folder.js'
import { openRun } from '../journal/runs.js'
import { readRun } from './runs/look.js'
import { showEnvelope } from './runs/show.js'
import { notRunning, operator, steer } from './runs/steer.js'
import { told } from './runs/told.js'
import { remindOf } from './runs/unrestored.js'

/** What is in hand settles within a transaction's time (15 s); past that something hangs. Milliseconds. */
const SETTLES_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 100

/**
 * Stops a run for good, live or dead; deletes and undoes nothing, and says how to restore and to undo. Sets `io.exitCode`. Throws Refusal
 * where it is over already or held on another host, RunError `unresponsive` where it does not end.
 */
export async function abort({ run, reason }: AbortRequest, io: Io, present: Presentation): Promise<void> {
  const folder = await openRun(homeFolder(io.env), run)
  await remindOf(io, present, run)
  await told(folder, { io, present }, () => end(folder, operator(reason), io))
  const { envelope, plan } = await readRun(folder, io.now())
  showEnvelope(envelope, { io, present, more: commands(plan) })
  io.exitCode = EXIT.complete
}

async function end(folder: RunFolder, by: string, io: Io): Promise<void> {
  const live = await steer(folder, { type: 'abort', by })
  if (live !== undefined) await ended(folder, io)
  else if ((await folder.holder())?.standing === 'elsewhere') throw await notRunning(folder, 'abort')
  else await abortDeadRun(folder, by, { now: io.now() })
}

async function ended(folder: RunFolder, io: Io): Promise<void> {
  for (const until = Date.now() + SETTLES_WITHIN_MS; await folder.alive(); ) {
    if (Date.now() > until) {
      throw new RunError(`Run ${folder.id} was told to stop, but its process has not ended yet`, {
        code: 'unresponsive',
        hint: `Look again with \`spillway status ${folder.id}\`; a process that hangs may be killed: nothing is lost by it.`,
      })
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: io.soft })
  }
}

const commands = (plan: RunPlan): string[] => [
  '',
  ...byKind(plan, AFTERWARDS),
  `Carry it on after all:                                   spillway resume ${plan.run} --after-abort`,
]

const NOTHING = 'Nothing was deleted or undone.'

const AFTERWARDS: ByKind<readonly string[]> = {
  drain: plan => [
    NOTHING,
    `Take the temporary lanes away once they are empty:       spillway restore ${plan.run} --execute`,
    `Give the backlog back:                                   ${undoCommand(plan)} --execute`,
  ],
  fanout: () => [NOTHING],
  discard: plan =>
    plan.archive === undefined
      ? ['Nothing was undone: what is gone is gone.']
      : [
          'Nothing was undone: what is gone is in the archive.',
          `Send that again:                                         ${replayCommand(plan)} --execute`,
        ],
  replay: () => ['Nothing was undone: what is sent is sent.'],
}
