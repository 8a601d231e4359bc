import type { PauseRequest } from '../commands/requests.js'
import { defined } from '../core/defined.js'
import { homeFolder } from '../core/home.js'
import { EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { openRun } from '../journal/runs.js'
import { showEnvelope } from './runs/show.js'
import { operator, steerLive } from './runs/steer.js'
import { told } from './runs/told.js'
import { remindOf } from './runs/unrestored.js'

/** Holds a live run until `resume`. Sets `io.exitCode`. Throws Refusal `not-running` for a dead one. */
export async function pause({ run, reason }: PauseRequest, io: Io, present: Presentation): Promise<void> {
  const folder = await openRun(homeFolder(io.env), run)
  await remindOf(io, present, run)
  const wish = { type: 'pause', by: operator(), ...defined({ reason }) } as const
  const envelope = await told(folder, { io, present }, () => steerLive(folder, wish))
  showEnvelope(envelope, { io, present, more: [`Carry it on:   spillway resume ${run}`] })
  io.exitCode = EXIT.complete
}
