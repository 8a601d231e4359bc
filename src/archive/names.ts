import type { Mark } from '../core/event.js'

/** Names of what lies in an archive's folder. */
export const INDEX_FILE = 'index.csv.zst'
export const PARQUET_FILE = 'index.parquet'
export const MANIFEST_FILE = 'manifest.json'

const DIGITS = 20

/** A data file is named after the first mark in it, in 20 digits as Kafka names its segments; so they sort. */
export const dataFile = (first: Mark, ending: string): string => `${first.padStart(DIGITS, '0')}${ending}`

/** The first mark of a data file, by its name; undefined where it is none. */
export function firstOf(name: string, ending: string): bigint | undefined {
  const digits = name.slice(0, DIGITS)
  return name === digits + ending && /^\d{20}$/.test(digits) ? BigInt(digits) : undefined
}
