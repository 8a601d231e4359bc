import { WallClock } from './wall-clock.js'
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
export const firstInstant = (wallTime: string, zone: string): number =>
  new WallClock(zone).instantOf(Date.parse(`${wallTime}Z`))
