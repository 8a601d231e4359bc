import type { Mark } from '../../core/event.js'
import { RunError } from '../../errors.js'
import type { RowPlace } from './ports.js'

/** Before the first row of a window, and behind its last. */
export const START: Mark = 'start'
export const END: Mark = 'end'

/** The position behind a row: its time and key as the database writes them. */
export const markBehind = ({ time, key }: RowPlace): Mark => JSON.stringify([time, key])

/** The row that a position is behind; undefined at the start. Throws RunError for what is no position. */
export function placeOf(mark: Mark): RowPlace | undefined {
  if (mark === START) return undefined
  const [, time, key] = /^\[("(?:[^"\\]|\\.)*"),("(?:[^"\\]|\\.)*")\]$/s.exec(mark) ?? []
  if (time === undefined || key === undefined) throw new RunError(`"${mark}" is no position among rows`)
  return { time: JSON.parse(time), key: JSON.parse(key) }
}
