import { UserError } from '../errors.js'
import { parseTimeIn } from './wall-time.js'
import { dayBehind, firstInstant } from './zoned.js'

const RELATIVE = /^(today|yesterday)(?:[ T]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?))?$/i
const DATE = /^\d{4}-\d{2}-\d{2}$/

/** What borders are relative to: the date that counts as today, in a zone. */
export type Today = { readonly date: string; readonly zone: string }

/** Whether a text means another time each day. */
export const isRelative = (text: string): boolean => RELATIVE.test(text.trim())

/**
 * Reads a border of a range of times: as `parseTimeIn`, and `today` or `yesterday` with a time of day or alone, for its midnight. A relative one that
 * the clocks leave out is the first moment behind it. Throws UserError.
 */
export function parseBorder(text: string, { date, zone }: Today): Date {
  const [matched, day = '', clock = '00:00'] = RELATIVE.exec(text.trim()) ?? []
  if (matched === undefined) return parseTimeIn(text, zone)
  return new Date(firstInstant(`${day.toLowerCase() === 'today' ? date : dayBehind(date, -1)}T${clock}`, zone))
}

/** A whole day, from its first moment to that of the next: `today`, `yesterday` or a date. Throws UserError. */
export function parseDay(text: string, today: Today): { readonly from: Date; readonly to: Date } {
  const word = text.trim().toLowerCase()
  if (!DATE.test(word) && word !== 'today' && word !== 'yesterday') throw noDay(text)
  const date = word === 'today' ? today.date : word === 'yesterday' ? dayBehind(today.date, -1) : word
  const at = (day: string): Date => new Date(firstInstant(`${day}T00:00`, today.zone))
  if (Number.isNaN(Date.parse(date)) || dayBehind(date, 0) !== date) throw noDay(text)
  return { from: at(date), to: at(dayBehind(date, 1)) }
}

const noDay = (text: string): UserError =>
  new UserError(`"${text}" is no day`, { hint: 'Write --day yesterday, or --day 2026-01-31.' })
