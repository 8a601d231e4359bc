import type { ARecord } from './a-batch.js'

/** A sequence of numbers in [0, below) that a seed repeats (mulberry32). */
export function dice(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 2 ** (32 - Math.log2(below)) || 0) % below
  }
}

const NOW = 1_700_000_000_000n
const TIMES = [NOW, NOW - 1n, NOW + 5n, NOW - 2_592_000_000n, NOW + 10n ** 10n, -1n, 0n, NOW * 1000n]
/** Nanoseconds where milliseconds belong: legal, and beyond what a double holds. */
const ODD_TIMES = [NOW * 1_000_000n + 1n, NOW * 1_000_000n + 2n, 2n ** 63n - 1n, -(2n ** 63n), ...TIMES]

const HEADER_NAMES = ['retry', 'retry', '', 'größe', '__proto__', 'x'.repeat(150)]

/** Records with null, empty, short and long fields, headers doubled and null, times out of order, holes in the offsets. */
export function randomRecords(seed: number, more: { count: number; base: number; oddTimes?: boolean }): ARecord[] {
  const roll = dice(seed)
  const times = more.oddTimes ? ODD_TIMES : TIMES
  const bytes = (length: number) => Buffer.from(Array.from({ length }, () => roll(256)))
  const field = () => [null, bytes(0), bytes(4), bytes(roll(120)), bytes(roll(3000))][roll(5)] ?? null
  const name = () => Buffer.from(HEADER_NAMES[roll(HEADER_NAMES.length)] ?? '')
  let offset = more.base
  return Array.from({ length: more.count }, () => {
    offset += 1 + (roll(4) === 0 ? roll(100_000) : 0)
    const headers = Array.from({ length: roll(4) }, () => [name(), field()] as const)
    const timestamp = times[roll(times.length)] ?? NOW
    return { key: field(), value: field(), headers, timestamp, attributes: roll(2) * roll(256), offset: BigInt(offset) }
  })
}
