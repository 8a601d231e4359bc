import type { Mark } from '../../core/event.js'
import { RunError } from '../../errors.js'
import type { RowPlace } from './ports.js'

/** Before the first row of a window, and behind its last. */
export const START: Mark = 'start'
export const END: Mark = 'end'

/** A position among rows: in the pass over the window, 0, or in one that reads its tail again. */
export type RowPosition = { readonly pass: number; readonly after: RowPlace | undefined }

/** The position behind a row: its time and key as the database writes them. */
export const markBehind = ({ time, key }: RowPlace, pass = 0): Mark =>
  `${pass === 0 ? '' : `again:${pass}:`}${JSON.stringify([time, key])}`

/** Before the first row of a pass over the tail. */
export const againMark = (pass: number): Mark => `again:${pass}`

const FORM = /^(?:again:(\d+)(?::|$))?(?:\[("(?:[^"\\]|\\.)*"),("(?:[^"\\]|\\.)*")\])?$/s

/** What a position says. Throws RunError for what is no position. */
export function positionOf(mark: Mark): RowPosition {
  if (mark === START) return { pass: 0, after: undefined }
  const [, pass = '0', time, key] = (mark === '' ? null : FORM.exec(mark)) ?? []
  if (time !== undefined && key !== undefined)
    return { pass: Number(pass), after: { time: JSON.parse(time), key: JSON.parse(key) } }
  if (mark === againMark(Number(pass)) && pass !== '0') return { pass: Number(pass), after: undefined }
  throw new RunError(`"${mark}" is no position among rows`)
}

/** The row that a position is behind; undefined at the start of a pass. Throws RunError for what is no position. */
export const placeOf = (mark: Mark): RowPlace | undefined => positionOf(mark).after
