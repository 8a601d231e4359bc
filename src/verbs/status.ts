import type { StatusRequest } from '../commands/requests.js'
import { homeFolder } from '../core/home.js'
import { EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { openRun } from '../journal/runs.js'
import { handledDrains } from './runs/handled.js'
import { lookAt } from './runs/look.js'
import { showEnvelope } from './runs/show.js'
import { remindOfOffsets } from './runs/unrestored.js'

/** Prints where a run stands, live or dead. Sets `io.exitCode`. Throws UserError `no-such-run`. */
export async function status(request: StatusRequest, io: Io, present: Presentation): Promise<void> {
  const home = homeFolder(io.env)
  const folder = await openRun(home, request.run)
  showEnvelope(await lookAt(folder, io.now(), await handledDrains(home)), { io, present })
  await remindOfOffsets(io, present)
  io.exitCode = EXIT.complete
}
