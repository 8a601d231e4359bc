import type { RowsAsked } from '../core/rows-asked.js'
import { WallClock } from '../core/wall-clock.js'

/** Times of a text column as SQL: microseconds since the epoch, or of the clock on the wall, and which of them. */
type Time = { readonly micros: string; readonly isZoned: string }

/** Digits are milliseconds; else a date and time with its zone, or without; what is neither ends the reading. */
export function timeOf(text: string): Time {
  const isZoned = `(regexp_full_match(${text}, '-?\\d+') OR regexp_matches(${text}, ':\\d\\d(\\.\\d+)?\\s*([Zz]|[+-]\\d\\d(:?\\d\\d)?)$'))`
  // DuckDB takes a zone only behind seconds.
  const whole = `regexp_replace(${text}, '^(.{10}[T ]\\d\\d:\\d\\d)(\\s*(?:[Zz]|[+-].*))$', '\\1:00\\2')`
  const digits = `CASE WHEN regexp_full_match(${text}, '-?\\d+') THEN TRY_CAST(${text} AS BIGINT) * 1000 END`
  const zoned = `CASE WHEN ${isZoned} THEN epoch_us(TRY_CAST(${whole} AS TIMESTAMPTZ)) END`
  const wall = `CASE WHEN NOT ${isZoned} THEN epoch_us(TRY_CAST(${text} AS TIMESTAMP)) END`
  const none = `error('"' || (${text}) || '" is no time')`
  return {
    isZoned,
    micros: `CASE WHEN nullif(${text}, '') IS NOT NULL THEN coalesce(${digits}, ${zoned}, ${wall}, ${none}) END`,
  }
}

/** Which rows lie in the window, where there is one; `micros` and `is_zoned` are columns. */
export function within({ from, to, zone = 'UTC' }: RowsAsked): string {
  if (from === '' || to === '') return 'true'
  const clock = new WallClock(zone)
  const [start, end] = [Date.parse(from), Date.parse(to)]
  const between = (low: number, high: number) => `micros >= ${low}000 AND micros < ${high}000`
  return `CASE WHEN is_zoned THEN ${between(start, end)} ELSE ${between(clock.wallOf(start), clock.wallOf(end))} END`
}
