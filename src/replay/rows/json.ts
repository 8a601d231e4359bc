import type { Column, ColumnKind, RowValue } from './ports.js'

// RFC 8259, 6: what JSON takes for a number. NaN, infinities and padded numbers are none.
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** Whether a text is a number as JSON writes them. */
export const isJsonNumber = (text: string): boolean => NUMBER.test(text)

/**
 * A row as JSON, its columns in their order: integers with all their digits, NUMERIC as string, NULL as null, JSON nested as it is, bytes as base64.
 * Pure.
 */
export function rowJson(columns: readonly Column[], values: readonly RowValue[]): string {
  const names = namesOf(columns)
  let json = ''
  for (let at = 0; at < columns.length; at++)
    json += (names[at] as string) + valueJson(columns[at] as Column, values[at] ?? null)
  return json === '' ? '{}' : `${json}}`
}

/** What stands before each value, by the columns of a page. */
const known = new WeakMap<readonly Column[], readonly string[]>()

/** Names as they stand before the values. */
export function namesOf(columns: readonly Column[]): readonly string[] {
  let names = known.get(columns)
  if (names === undefined) {
    names = columns.map(({ name }, at) => `${at === 0 ? '{' : ','}${JSON.stringify(name)}:`)
    known.set(columns, names)
  }
  return names
}

/** A value as JSON, in the type that its kind has there. Pure. */
export function valueJson({ kind }: { readonly kind: ColumnKind }, value: RowValue): string {
  if (value === null) return 'null'
  if (typeof value !== 'string') return JSON.stringify(value.toString('base64'))
  if (kind === 'json' || kind === 'boolean') return value
  if ((kind === 'integer' || kind === 'float') && isJsonNumber(value)) return value
  return JSON.stringify(value)
}
