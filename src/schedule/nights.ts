import { Cron } from 'croner'
import { type NightWindow, nextNight } from '../core/window.js'
import { clockAt } from '../core/zoned.js'
import { cronTime } from './subject.js'

const SHOWN = 3
/** Clocks are changed twice a year at most, in any zone of today. */
const LOOK_AHEAD = 400

/** The next beginnings, as cron would have them. Pure. */
export const nextBeginnings = (window: NightWindow, now: Date): readonly Date[] =>
  new Cron(cronTime(window), { timezone: window.zone, paused: true }).nextRuns(SHOWN, now)

/** The next beginnings, and the nights of the coming year that the clocks change, in words. Pure. */
export function notesOn(window: NightWindow, now: Date): string[] {
  const { from, zone } = window
  const next = nextBeginnings(window, now).map(at => clockAt(at.getTime(), zone))
  const { skipped, twice } = oddNights(window, now)
  return [
    `Next: ${next.join(', ')}.`,
    ...skipped.map(
      date =>
        `On ${date} the clocks leave ${from} out: the window opens behind that hour, which not every scheduler does; begin it later to be sure.`,
    ),
    ...twice.map(
      date =>
        `On ${date} the clocks show ${from} twice: the window opens the first time. A second start is refused with 4, and sends nothing.`,
    ),
  ]
}

/** Nights of the coming year in which the beginning of a window is left out, or comes twice. Pure. */
export function oddNights(window: NightWindow, now: Date): Readonly<Record<'skipped' | 'twice', readonly string[]>> {
  const [skipped, twice]: [string[], string[]] = [[], []]
  let at = now
  for (let nights = 0; nights < LOOK_AHEAD; nights++) {
    const { opensAt, date } = nextNight(window, at)
    const shows = (instant: number) => clockAt(instant, window.zone).slice(11) === window.from.slice(0, 5)
    if (!shows(opensAt.getTime())) skipped.push(date)
    else if (REPEATS_MS.some(later => shows(opensAt.getTime() + later))) twice.push(date)
    at = opensAt
  }
  return { skipped, twice }
}

/** Clocks are put back by an hour, on Lord Howe by half of one. */
const REPEATS_MS = [1_800_000, 3_600_000]
