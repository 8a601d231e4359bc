import { isUtf8 } from 'node:buffer'
import { isJsonNumber, rowJson } from '../json.js'
import type { Column, ColumnKind, RowValue } from '../ports.js'
import { pickJson } from './json-pick.js'
import { millisecondsOf } from './moment.js'
import { type Form, type Reference, WHOLE_ROW } from './template.js'
import { Unmappable } from './unmappable.js'

/** What stands at a reference in one row. */
export type Cell = { readonly kind: ColumnKind; readonly value: RowValue }

/** Reads a cell of a row's values. Throws Unmappable. */
export type CellReader = (values: readonly RowValue[]) => Cell

const NULL: Cell = { kind: 'text', value: null }

/** The column that a reference begins with, and the path into its JSON; undefined where there is no such column. Pure. */
export function columnOf({ name }: Reference, columns: readonly Column[]): { at: number; path: string[] } | undefined {
  const own = columns.findIndex(column => column.name === name)
  if (own >= 0) return { at: own, path: [] }
  const [first, ...rest] = name.split('/')
  const at = columns.findIndex(column => column.name === first)
  if (at < 0) return undefined
  // RFC 6901, 3: a slash and a tilde in a name.
  return { at, path: rest.map(each => each.replaceAll('~1', '/').replaceAll('~0', '~')) }
}

/** How a reference is read; `zone` is that of times which do not say theirs. Pure. */
export function readerOf(reference: Reference, columns: readonly Column[], zone: string): CellReader {
  const { form } = reference
  const plain = plainReader(reference, columns)
  if (form === undefined) return plain
  return values => {
    const cell = plain(values)
    return cell.value === null ? NULL : formed(cell, { form, zone, written: reference.written })
  }
}

function plainReader(reference: Reference, columns: readonly Column[]): CellReader {
  const { name, written, isOptional } = reference
  const found = columnOf(reference, columns)
  if (found === undefined && name === WHOLE_ROW) return values => ({ kind: 'json', value: rowJson(columns, values) })
  if (found === undefined) return isOptional ? () => NULL : () => noColumn(name)
  const { at, path } = found
  const kind = columns[at]?.kind ?? 'text'
  if (path.length === 0) return values => ({ kind, value: values[at] ?? null })
  return values => {
    const value = values[at] ?? null
    if (value === null) return NULL
    const text = textOf({ kind, value }, written)
    if (kind !== 'json') assertJson(text, written)
    const picked = pickJson(text, path)
    if (picked !== undefined) return ofJson(picked)
    if (isOptional) return NULL
    throw new Unmappable(`\${${written}}: there is no /${path.join('/')} in it`)
  }
}

/** Rows of a file need not all have the same columns. */
export function noColumn(name: string): never {
  throw new Unmappable(`there is no column ${name.split('/')[0]}`)
}

/** A piece of JSON in the kind that it has by itself. */
function ofJson(text: string): Cell {
  if (text === 'null') return NULL
  if (text.startsWith('"')) return { kind: 'text', value: JSON.parse(text) as string }
  if (text === 'true' || text === 'false') return { kind: 'boolean', value: text }
  return { kind: text.startsWith('{') || text.startsWith('[') ? 'json' : 'float', value: text }
}

/** A cell as text; bytes must be UTF-8. Throws Unmappable. */
export function textOf({ value }: { readonly value: RowValue; readonly kind: ColumnKind }, written: string): string {
  if (typeof value === 'string') return value
  if (value !== null && isUtf8(value)) return value.toString()
  throw new Unmappable(value === null ? `\${${written}} is NULL` : `\${${written}}: its bytes are not UTF-8`)
}

type Wanted = { readonly form: Form; readonly zone: string; readonly written: string }

function formed(cell: Cell, { form, zone, written }: Wanted): Cell {
  const { value } = cell
  if (form === 'base64' || form === 'hex') return { kind: 'text', value: Buffer.from(value ?? '').toString(form) }
  const text = textOf(cell, written)
  switch (form) {
    case 'text':
      return { kind: 'text', value: text }
    case 'json':
      assertJson(text, written)
      return { kind: 'json', value: text }
    case 'number':
      if (isJsonNumber(text)) return { kind: 'float', value: text }
      throw new Unmappable(`\${${written}}: "${shortened(text)}" is no number`)
    case 'seconds':
    case 'milliseconds': {
      const at = millisecondsOf({ kind: cell.kind, text }, { zone, written })
      return { kind: 'integer', value: String(form === 'seconds' ? Math.floor(at / 1000) : at) }
    }
    default:
      return form satisfies never
  }
}

function assertJson(text: string, written: string): void {
  try {
    JSON.parse(text)
  } catch (cause) {
    throw new Unmappable(`\${${written}}: "${shortened(text)}" is no JSON`, { cause })
  }
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)
