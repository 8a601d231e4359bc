import type { ReplayRequest } from '../../commands/requests.js'
import { homeFolder } from '../../core/home.js'
import { type Night, type NightWindow, nextNight, nightAt } from '../../core/window.js'
import { EXIT } from '../../errors.js'
import type { Where } from '../system.js'
import { untilOpen } from './window.js'
import { carryOver } from './window-carry-over.js'
import { jobOf, lockJob } from './window-job.js'
import { isUnfinished, replaysOf } from './window-runs.js'

export type Nightly = ReplayRequest & { readonly window: NightWindow }

export const isNightly = (request: ReplayRequest): request is Nightly => request.window !== undefined

/** The hours of a plan: those that were asked for, with the night that is meant. */
export const plannedWindow = (request: Nightly, now: Date, night?: Night) => ({
  ...request.window,
  night: (night ?? nightAt(request.window, now) ?? nextNight(request.window, now)).date,
  job: jobOf(request),
})

/**
 * One night: waits for its window, keeps a second start out, finishes what earlier nights left where that was asked for, then does tonight's own.
 * Throws Refusal `window-shut`, `taken`, and what `resume` throws.
 */
export async function oneNight(request: Nightly, where: Where, send: (night: Night) => Promise<void>): Promise<void> {
  const { window, waitMs } = request
  const { io } = where
  const night = await untilOpen(window, { ...where, waitMs })
  const job = jobOf(request)
  await using _alone = await lockJob(job, io)
  // Awaited, so that the lock is held until it is done.
  if (request.carryOver !== true) return await send(night)
  const runs = await replaysOf(homeFolder(io.env), plan => plan.window?.job === job)
  const { goesOn, hasParked } = await carryOver(runs.filter(isUnfinished), { request, window, night, where })
  if (!goesOn) return
  io.exitCode = EXIT.complete
  await send(night)
  if (hasParked && io.exitCode === EXIT.complete) io.exitCode = EXIT.left
}
