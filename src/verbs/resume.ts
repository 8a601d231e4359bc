import type { ResumeRequest } from '../commands/requests.js'
import type { Place } from '../core/address.js'
import { parseFailpoint } from '../core/failpoint.js'
import { homeFolder } from '../core/home.js'
import { EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import type { RunFolder } from '../journal/run-folder.js'
import { openRun } from '../journal/runs.js'
import { resolvePlace } from '../settings.js'
import { carryOn } from './resume/carry-on.js'
import { showEnvelope } from './runs/show.js'
import { operator, steer } from './runs/steer.js'
import { remindOf } from './runs/unrestored.js'
import { systemOf } from './system.js'

/** Lifts an operator's hold of a live run, or carries a dead, failed or stopped one on. Sets `io.exitCode`. */
export async function resume(request: ResumeRequest, io: Io, present: Presentation): Promise<void> {
  parseFailpoint(io.env.SPILLWAY_FAILPOINT)
  if (isAdoption(request)) {
    const place = await resolvePlace(request.adopt, { io, config: request.config }, { source: true })
    return (await systemOf(place.address.kind)).adopt({ ...request, adopt: place }, { io, present })
  }
  const folder = await openRun(homeFolder(io.env), request.run ?? '')
  await remindOf(io, present, folder.id)
  if (!(await lift(folder, request, { io, present }))) await carryOn(folder, request, { io, present })
}

const isAdoption = (request: ResumeRequest): request is ResumeRequest & { readonly adopt: Place } =>
  request.adopt !== undefined

/** Lifts the holds of a live run and shows it; false where no process works on it. */
async function lift(
  folder: RunFolder,
  { ignore, rate, reason }: ResumeRequest,
  { io, present }: { io: Io; present: Presentation },
): Promise<boolean> {
  const by = operator(reason)
  const lifts = ignore.length === 0 ? [{}] : ignore.map(reason => ({ ignore: reason }))
  const limits = rate === undefined ? [] : [{ type: 'set', by, rate } as const]
  const wishes = [...limits, ...lifts.map(each => ({ type: 'resume', by, ...each }) as const)]
  for (const [at, wish] of wishes.entries()) {
    const envelope = await steer(folder, wish)
    if (envelope === undefined) return false
    if (at === wishes.length - 1) showEnvelope(envelope, { io, present })
  }
  io.exitCode = EXIT.complete
  return true
}
