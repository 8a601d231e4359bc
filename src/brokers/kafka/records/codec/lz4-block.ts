const LONG = 48

/** The block needs more room than the target has. */
export const NO_ROOM = -1
/** The block breaks the format. */
export const BROKEN = -2

/**
 * Decodes one LZ4 block, source[from,end), into target at `at`; matches may reach back to target[0], as dependent blocks need.
 * Returns the new end in target, or NO_ROOM, or BROKEN. Reads nothing outside [from,end) and writes nothing beyond target.
 * Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
export function decodeBlock(source: Buffer, span: { from: number; end: number }, target: Buffer, at: number): number {
  const { end } = span
  const room = target.length
  let i = span.from
  let o = at
  while (i < end) {
    const token = source[i++] as number
    let n = token >>> 4
    if (n === 15) {
      let more = 255
      while (more === 255 && i < end) n += more = source[i++] as number
    }
    if (i + n > end) return BROKEN
    if (o + n > room) return NO_ROOM
    if (n > LONG) {
      source.copy(target, o, i, i + n)
      i += n
      o += n
    } else for (const stop = i + n; i < stop; ) target[o++] = source[i++] as number
    if (i === end) return o
    if (i + 2 > end) return BROKEN
    const distance = (source[i] as number) | ((source[i + 1] as number) << 8)
    i += 2
    if (distance === 0 || distance > o) return BROKEN
    n = token & 15
    if (n === 15) {
      let more = 255
      while (more === 255 && i < end) n += more = source[i++] as number
    }
    n += 4
    if (o + n > room) return NO_ROOM
    o = n > LONG ? repeat(target, { at: o, distance, length: n }) : repeatShort(target, o, o - distance, n)
  }
  return BROKEN
}

/** Copies a short match byte by byte: cheaper than a call into native code, and right where it overlaps itself. */
export function repeatShort(target: Buffer, at: number, from: number, length: number): number {
  let m = from
  let o = at
  for (const stop = at + length; o < stop; ) target[o++] = target[m++] as number
  return o
}

/** Copies `length` bytes from `distance` back; where the match overlaps itself, the copied run doubles each time. */
export function repeat(target: Buffer, match: { at: number; distance: number; length: number }): number {
  const end = match.at + match.length
  const from = match.at - match.distance
  for (let o = match.at; o < end; ) {
    const n = Math.min(end - o, o - from)
    target.copyWithin(o, from, from + n)
    o += n
  }
  return end
}
