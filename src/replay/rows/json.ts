import type { Column, ColumnKind, RowValue } from './ports.js'

// RFC 8259, 6: what JSON takes for a number. NaN, infinities and padded numbers are none.
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** Whether a text is a number as JSON writes them. */
export const isJsonNumber = (text: string): boolean => NUMBER.test(text)

/**
 * A row as JSON, its columns in their order: integers with all their digits, NUMERIC as string, NULL as null, JSON nested as it is, bytes as base64.
 * Pure.
 */
export const rowJson = (columns: readonly Column[], values: readonly RowValue[]): string =>
  `{${columns.map((column, at) => `${JSON.stringify(column.name)}:${valueJson(column, values[at] ?? null)}`).join(',')}}`

/** A value as JSON, in the type that its kind has there. Pure. */
export function valueJson({ kind }: { readonly kind: ColumnKind }, value: RowValue): string {
  if (value === null) return 'null'
  if (typeof value !== 'string') return JSON.stringify(value.toString('base64'))
  if (kind === 'json' || kind === 'boolean') return value
  if ((kind === 'integer' || kind === 'float') && isJsonNumber(value)) return value
  return JSON.stringify(value)
}
