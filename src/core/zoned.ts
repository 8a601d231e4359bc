import { offsetAt } from './wall-time.js'

const DAY = 86_400_000

/** The date that clocks of a zone show at an instant, `2026-01-31`. Instants in milliseconds since the epoch. */
export const dateAt = (instant: number, zone: string): string =>
  new Date(instant + offsetAt(instant, zone)).toISOString().slice(0, 10)

/** Date and time that clocks of a zone show, `2026-01-31 08:00`. */
export const clockAt = (instant: number, zone: string): string =>
  new Date(instant + offsetAt(instant, zone)).toISOString().slice(0, 16).replace('T', ' ')

/** The date so many days behind another. */
export const dayBehind = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00Z`) + days * DAY).toISOString().slice(0, 10)

/**
 * The first instant at which clocks of a zone show a time without zone (`2026-01-31T08:00`) or, where they are put forward over it, the
 * first one behind it.
 */
export function firstInstant(wallTime: string, zone: string): number {
  const wall = Date.parse(`${wallTime}Z`)
  const [before, after] = [offsetAt(wall - DAY, zone), offsetAt(wall + DAY, zone)]
  const fitting = [wall - before, wall - after].filter(instant => instant + offsetAt(instant, zone) === wall)
  return fitting.length > 0 ? Math.min(...fitting) : changeBetween(wall - after, wall - before, zone)
}

/** When a zone's clocks are changed, to the second, within a span whose ends have different offsets: the first instant of the new one. */
function changeBetween(from: number, to: number, zone: string): number {
  const old = offsetAt(from, zone)
  let [low, high] = [from, to]
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000
    if (offsetAt(middle, zone) === old) low = middle
    else high = middle
  }
  return high
}
