import type { SetRequest } from '../commands/requests.js'
import { homeFolder } from '../core/home.js'
import { EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { openRun } from '../journal/runs.js'
import { showEnvelope } from './runs/show.js'
import { operator, steerLive } from './runs/steer.js'
import { told } from './runs/told.js'
import { remindOf } from './runs/unrestored.js'

/** Changes the rate of a live run. Sets `io.exitCode`. Throws Refusal `not-running` for a dead one. */
export async function set({ run, rate, reason }: SetRequest, io: Io, present: Presentation): Promise<void> {
  const folder = await openRun(homeFolder(io.env), run)
  await remindOf(io, present, run)
  const wish = { type: 'set', by: operator(reason), rate } as const
  const envelope = await told(folder, { io, present }, () => steerLive(folder, wish))
  showEnvelope(envelope, { io, present })
  io.exitCode = EXIT.complete
}
