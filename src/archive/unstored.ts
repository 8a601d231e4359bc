import type { Mark } from '../core/event.js'
import { isBelow } from './data-files.js'
import type { PieceFormat } from './ports.js'

/** Of pieces that stand one after the other, those that reach past `next`: what lies below it is stored. Throws TypeError where they are none. */
export function unstored(bytes: readonly Buffer[], next: Mark, format: PieceFormat): readonly Buffer[] {
  const all = Buffer.concat(bytes)
  let at = 0
  for (let length = format.length(all, at); length !== undefined; length = format.length(all, at)) {
    if (isBelow(next, format.next(all.subarray(at, at + length)))) break
    at += length
  }
  return [all.subarray(at)]
}
