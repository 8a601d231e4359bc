/** Draws unsigned 32-bit numbers. */
export type Random = () => number

/** mulberry32: small, fast, and the same on every machine. Not for secrets. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
}

/** A share from 0 to 1 as the limit that a 32-bit draw must stay below. */
export const below = (share: number): number => share * 4294967296

/** A draw as a fraction, 0 up to but not 1. */
export const fraction = (draw: number): number => draw / 4294967296

/** Draws from a normal distribution (Box–Muller). */
export function normal(random: Random): number {
  const u = (random() + 1) / 4294967297
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * fraction(random()))
}
