import { normal, type Random, randomFrom } from './random.js'
import type { Recipe } from './request.js'

const POOL_BYTES = 1024 * 1024
const SIGMA = 0.5
const MOST_TIMES = 8
/** Sizes are drawn beforehand, this many, and taken in turn at random. */
const SIZES = 4096
/** Digits in front of each value: its number among the records, by which a reader finds what is lost, doubled or out of order. */
export const NUMBER_DIGITS = 12

const STATES = ['pending', 'paid', 'packed', 'shipped', 'returned']
const CITIES = ['London', 'Berlin', 'Paris', 'Madrid', 'Istanbul', 'Lagos', 'Lima', 'Osaka']

/** Text to cut values from: JSON-like orders, about as compressible as real ones; longer than the longest value. */
export function valuePool(seed: number, longest: number): Buffer {
  const random = randomFrom(seed ^ 0x5bd1e995)
  const lines: string[] = []
  for (let bytes = 0; bytes < POOL_BYTES + longest; ) {
    const line = order(random)
    lines.push(line)
    bytes += line.length
  }
  return Buffer.from(lines.join(''), 'latin1')
}

const order = (random: Random): string =>
  `{"order":"${random().toString(36)}${random().toString(36)}","state":"${STATES[random() % STATES.length]}",` +
  `"city":"${CITIES[random() % CITIES.length]}","cents":${random() % 1_000_000},"sku":"${random().toString(16)}"},`

/** Sizes of values in bytes, to be drawn from evenly. */
export function valueSizes({ sizes, size, seed }: Pick<Recipe, 'sizes' | 'size' | 'seed'>): Uint32Array {
  if (sizes === 'fixed') return new Uint32Array(1).fill(size)
  const random = randomFrom(seed ^ 0x0c1a55e5)
  const drawn = () => Math.min(size * MOST_TIMES, Math.round(size * Math.exp(SIGMA * normal(random) - SIGMA ** 2 / 2)))
  return Uint32Array.from({ length: SIZES }, () => Math.max(NUMBER_DIGITS, drawn()))
}

/** Writes a number as 12 ASCII digits at `at`. */
export function putNumber(target: Buffer, at: number, number: number): void {
  let rest = number
  for (let i = at + NUMBER_DIGITS - 1; i >= at; i--) {
    const tenth = Math.floor(rest / 10)
    target[i] = 48 + rest - tenth * 10
    rest = tenth
  }
}
