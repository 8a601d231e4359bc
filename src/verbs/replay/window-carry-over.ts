import { Writable } from 'node:stream'
import type { ReplayRequest } from '../../commands/requests.js'
import { asDatabase } from '../../core/address/rows.js'
import { defined } from '../../core/defined.js'
import { type Night, type NightWindow, WINDOW_OVER } from '../../core/window.js'
import { EXIT } from '../../errors.js'
import { carryOn } from '../resume/carry-on.js'
import { readRun } from '../runs/look.js'
import type { Where } from '../system.js'
import { ioWith } from './window-io.js'
import type { ReplayRun } from './window-runs.js'

/** How carrying over went: whether tonight's own run comes next, and whether messages were parked. */
export type CarriedOver = { readonly goesOn: boolean; readonly hasParked: boolean }

type Carrying = {
  readonly request: ReplayRequest
  readonly window: NightWindow
  readonly night: Night
  readonly where: Where
}

/**
 * Finishes what earlier nights left, oldest first. Their results are lines on standard error, but that of a run with which the night ends: that
 * is the result of the command. Sets `io.exitCode`. Throws what `resume` throws.
 */
export async function carryOver(runs: readonly ReplayRun[], carrying: Carrying): Promise<CarriedOver> {
  let hasParked = false
  for (const run of runs) {
    const how = await finish(run, carrying)
    hasParked ||= how === 'parked'
    if (how === 'ended') return { goesOn: false, hasParked }
    // Tonight's own rows are written down as a run, so that a night to come carries them over as well.
    if (how === 'over') break
  }
  return { goesOn: true, hasParked }
}

async function finish(
  { folder, plan }: ReplayRun,
  { request, window, night, where }: Carrying,
): Promise<'done' | 'parked' | 'over' | 'ended'> {
  const { io, present } = where
  const out = new Kept()
  try {
    await carryOn(folder, asResume(request, plan.run, window), { io: ioWith(io, { out }), present })
  } catch (error) {
    io.out.write(out.text)
    throw error
  }
  const { state } = await readRun(folder, io.now())
  const { ending, ledger } = state
  const isOver = ending?.kind === 'stopped' && ending.by.startsWith(WINDOW_OVER)
  const isTonights = plan.window?.night === night.date
  if ((ending?.kind !== 'complete' && !isOver) || isTonights) {
    io.out.write(out.text)
    return 'ended'
  }
  const how = isOver ? 'its window is over again' : 'complete'
  if (!present.quiet) io.err.write(`carried over: run ${plan.run}, ${how}: ${ledger.written} messages sent\n`)
  if (isOver) return 'over'
  return io.exitCode === EXIT.left ? 'parked' : 'done'
}

/** With the logins of this command: the plan of a run keeps none of their passwords. */
function asResume({ of, to, again, ...request }: ReplayRequest, run: string, window: NightWindow) {
  const { execute, yes, waitMs, reason, config, management, rate } = request
  const database = of.kind === 'rows' ? asDatabase(of.place) : undefined
  const source = of.kind === 'dead-letters' ? of.place : undefined
  const target = to === 'origin' ? undefined : to
  return {
    ...{ execute, yes, waitMs, run, window, afterAbort: false, ignore: [], takeOver: false },
    ...defined({ database, source, target }),
    ...again,
    ...defined({ reason, config, management, rate }),
  }
}

/** A stream that keeps what is written. */
class Kept extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}
