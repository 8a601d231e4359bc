import type { Column, RowValue } from './ports.js'

// RFC 8259, 6: what JSON takes for a number. NaN, infinities and padded numbers are none.
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/**
 * A row as JSON, its columns in their order: integers with all their digits, NUMERIC as string, NULL as null, JSON nested as it is, bytes as base64.
 * Pure.
 */
export const rowJson = (columns: readonly Column[], values: readonly RowValue[]): string =>
  `{${columns.map((column, at) => `${JSON.stringify(column.name)}:${valueJson(column, values[at] ?? null)}`).join(',')}}`

function valueJson({ kind }: Column, value: RowValue): string {
  if (value === null) return 'null'
  if (typeof value !== 'string') return JSON.stringify(value.toString('base64'))
  if (kind === 'json' || kind === 'boolean') return value
  if ((kind === 'integer' || kind === 'float') && NUMBER.test(value)) return value
  return JSON.stringify(value)
}
