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
    const whole = text
      .replace(' ', 'T')
      .replace(/\+00$/, '')
      .replace(/(\.\d{3})\d+$/, '$1')
    const wall = Date.parse(text.includes(':') ? `${whole}Z` : whole)
    if (Number.isNaN(wall)) return -1
    const at = this.#isInstant ? wall : this.#clock.instantOf(wall)
    return at < 0 ? -1 : at
  }

  #border(iso: string): string {
    const instant = Date.parse(iso)
    const wall = this.#isInstant ? instant : this.#clock.wallOf(instant)
    return new Date(wall).toISOString().replace('T', ' ').replace('Z', '')
  }
}

/** A time as ISO 8601 has it, zoned ones in UTC; any other value as it is. "infinity" and years BC stay as the server writes them. */
export function isoTime(kind: ColumnKind | undefined, text: string): string {
  if (kind !== 'instant' && kind !== 'wall') return text
  const iso = /^\d{4,}-\d\d-\d\d \S+$/.test(text) ? text.replace(' ', 'T') : text
  return kind === 'instant' ? iso.replace(/\+00$/, 'Z') : iso
}
