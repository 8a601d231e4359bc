import type { RowsAsked } from '../core/rows-asked.js'
import { WallClock } from '../core/wall-clock.js'
import type { ColumnKind } from '../replay/rows/ports.js'

/** Borders of a window as a column of times is compared with them, without their zone. */
export type Borders = { readonly from: string; readonly to: string }

/** What a column may hold to be the time of a row. */
export const TIMES: ReadonlySet<ColumnKind> = new Set(['date', 'wall', 'instant'])

/** Reads times of one column; those that do not say their zone by the clock on the wall in the zone of the rows. */
export class ColumnTimes {
  readonly #clock: WallClock
  readonly #isInstant: boolean
  /** What was read last: neighbours often have the same time. */
  #text = ''
  #at = -1

  constructor({ zone = 'UTC' }: Pick<RowsAsked, 'zone'>, kind: ColumnKind) {
    this.#isInstant = kind === 'instant'
    this.#clock = new WallClock(zone)
  }

  /** The borders of the window: of instants in UTC, of times without a zone as the clock shows them. `2026-01-31 08:00:00.000`. */
  borders({ from, to }: Pick<RowsAsked, 'from' | 'to'>): Borders {
    return { from: this.#border(from), to: this.#border(to) }
  }

  /** Milliseconds since the epoch of `2026-01-31 08:00:00.123456` or of a day, cut; -1 where it is none that a clock shows. */
  at(text: string): number {
    if (text === this.#text) return this.#at
    const wall = quickWall(text) ?? wallOf(text)
    const at = Number.isNaN(wall) || this.#isInstant ? wall : this.#clock.instantOf(wall)
    this.#text = text
    this.#at = at >= 0 ? at : -1
    return this.#at
  }

  #border(iso: string): string {
    const instant = Date.parse(iso)
    const wall = this.#isInstant ? instant : this.#clock.wallOf(instant)
    return new Date(wall).toISOString().replace('T', ' ').replace('Z', '')
  }
}

function wallOf(text: string): number {
  const whole = text
    .replace(' ', 'T')
    .replace(/\+00$/, '')
    .replace(/(\.\d{3})\d+$/, '$1')
  return Date.parse(text.includes(':') ? `${whole}Z` : whole)
}

const [ZERO, DASH, SPACE, COLON, DOT] = [0x30, 0x2d, 0x20, 0x3a, 0x2e]

/** The same of what nearly all times look like, a day up to the 28th: `2026-01-31 08:00:00`, a fraction, `+00`. */
function quickWall(text: string): number | undefined {
  const dot = text.charCodeAt(19) === DOT
  const end = text.endsWith('+00') ? text.length - 3 : text.length
  if (!isDayAndTime(text) || (dot ? end < 21 : end !== 19)) return undefined
  const [year, month, day] = [number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)]
  const [hour, minute, second] = [number(text, 11, 13), number(text, 14, 16), number(text, 17, 19)]
  const fraction = dot ? number(`${text.slice(20, Math.min(end, 23))}00`, 0, 3) : 0
  if (year < 1000 || month < 1 || month > 12 || day < 1 || day > 28) return undefined
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined
  if (fraction < 0 || (end > 23 && number(text, 23, end) < 0)) return undefined
  return Date.UTC(year, month - 1, day, hour, minute, second, fraction)
}

const isDayAndTime = (text: string): boolean =>
  text.charCodeAt(4) === DASH &&
  text.charCodeAt(7) === DASH &&
  text.charCodeAt(10) === SPACE &&
  text.charCodeAt(13) === COLON &&
  text.charCodeAt(16) === COLON

/** Digits of a text as a number; -1 where they are none. */
function number(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (!(digit >= 0 && digit <= 9)) return -1
    value = 10 * value + digit
  }
  return value
}

/** A time as ISO 8601 has it, zoned ones in UTC; any other value as it is. "infinity" and years BC stay as the server writes them. */
export function isoTime(kind: ColumnKind | undefined, text: string): string {
  if (kind !== 'instant' && kind !== 'wall') return text
  const isUtc = kind === 'instant' && text.endsWith('+00')
  const end = isUtc ? text.length - 3 : text.length
  const isTime = /^\d{4,}-\d\d-\d\d \S+$/.test(text)
  const space = isTime ? text.indexOf(' ') : -1
  return `${space < 0 ? text.slice(0, end) : `${text.slice(0, space)}T${text.slice(space + 1, end)}`}${isUtc ? 'Z' : ''}`
}
