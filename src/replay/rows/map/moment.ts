import { parseTimeIn } from '../../../core/wall-time.js'
import { SpillwayError } from '../../../errors.js'
import type { ColumnKind } from '../ports.js'
import { Unmappable } from './unmappable.js'

/** A year of four digits, its time and its zone, as databases write them; the digits behind the third of a second are cut. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d{1,3})?\d*)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/

type Value = { readonly kind: ColumnKind; readonly text: string }

/**
 * Milliseconds since the epoch that a value tells: a time, in `zone` where it does not say its own, or a whole number as it is. Throws Unmappable.
 * Pure.
 */
export function millisecondsOf(
  { kind, text }: Value,
  { zone, written }: { readonly zone: string; readonly written: string },
): number {
  if (kind !== 'text' && /^-?\d{1,15}$/.test(text)) return Number(text)
  const [, day, clock, fraction = '', offset] = TIME.exec(text) ?? []
  if (day === undefined) throw new Unmappable(`\${${written}}: "${text.slice(0, 40)}" is no time`)
  const wall = `${day}T${clock ?? '00:00'}${fraction}`
  try {
    // Quick, for nearly all rows: a clock of UTC needs no calendar of a zone.
    const at = parseTimeIn(`${wall}${offset === undefined ? (zone === 'UTC' ? 'Z' : '') : whole(offset)}`, zone)
    return at.getTime()
  } catch (cause) {
    if (!(cause instanceof SpillwayError)) throw cause
    throw new Unmappable(`\${${written}}: ${cause.message}`, { cause })
  }
}

/** PostgreSQL writes +00 for +00:00. */
const whole = (offset: string): string => (offset.length === 3 ? `${offset}:00` : offset)
