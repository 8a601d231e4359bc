import { setTimeout as sleep } from 'node:timers/promises'
import { type Night, type NightWindow, nextNight, nightAt, windowText } from '../../core/window.js'
import { clockAt } from '../../core/zoned.js'
import { type DrainRefusal, toRefusal } from '../../drain/refusals.js'
import type { Where } from '../system.js'

/** How often the clock is looked at: it may be set. Milliseconds. */
const LOOK_MS = 1000

/** That a window is shut, and when it opens. `more` is what else can be done. Pure. */
export function windowShut(window: NightWindow, now: Date, more = ''): DrainRefusal {
  const { opensAt } = nextNight(window, now)
  const hours = Math.ceil((opensAt.getTime() - now.getTime()) / 3_600_000)
  return {
    code: 'window-shut',
    message: `The window ${windowText(window)} is shut: it opens at ${clockAt(opensAt.getTime(), window.zone)} (${opensAt.toISOString().slice(0, 16)}Z)`,
    hint: `Give the same command then; --wait ${hours}h waits for it.${more}`,
    mayClear: true,
  }
}

type Waiting = Where & { readonly waitMs: number; readonly more?: string }

/** The night of now; waits for the next one where it begins within `waitMs`. Throws Refusal `window-shut`. */
export async function untilOpen(window: NightWindow, { waitMs, more, io, present }: Waiting): Promise<Night> {
  const until = io.now().getTime() + waitMs
  for (let told = false; ; told = true) {
    const night = nightAt(window, io.now())
    if (night !== undefined) return night
    const shut = windowShut(window, io.now(), more)
    const opensAt = nextNight(window, io.now()).opensAt.getTime()
    if (opensAt > until) throw toRefusal([shut])
    if (!told && !present.quiet) io.err.write(`waiting: ${shut.message}\n`)
    const left = opensAt - io.now().getTime()
    await sleep(Math.max(1, Math.min(LOOK_MS, left)), undefined, { signal: io.soft })
  }
}
