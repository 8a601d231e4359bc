import { isUtf8 } from 'node:buffer'
import type { ColumnKind, RowValue } from '../replay/rows/ports.js'

/** What a result set says of a column. Numbers of types: https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
export type MysqlField = { readonly name: string; readonly columnType?: number; readonly characterSet?: number }

const BINARY = 63
const BIT = 16
const KINDS: Readonly<Record<number, ColumnKind>> = {
  0: 'decimal',
  1: 'integer',
  2: 'integer',
  3: 'integer',
  4: 'float',
  5: 'float',
  7: 'instant',
  8: 'integer',
  9: 'integer',
  10: 'date',
  12: 'wall',
  13: 'integer',
  [BIT]: 'integer',
  245: 'json',
  246: 'decimal',
  255: 'bytes',
}
/** Times, enumerations and sets are in the binary character set too, and yet text. */
const STRINGS: ReadonlySet<number> = new Set([15, 249, 250, 251, 252, 253, 254])

/** What a column holds; `json` are names of columns that MariaDB knows as text which a check keeps JSON. Pure. */
export function kindOf({ name, columnType = 253, characterSet }: MysqlField, json: ReadonlySet<string>): ColumnKind {
  const kind = KINDS[columnType]
  if (kind !== undefined) return kind
  if (json.has(name)) return 'json'
  return STRINGS.has(columnType) && characterSet === BINARY ? 'bytes' : 'text'
}

/** A value from the bytes of the text protocol. Days that no calendar has (0000-00-00) stay as they are. Pure. */
export function mysqlValue(kind: ColumnKind, field: MysqlField, bytes: Buffer | null): RowValue {
  if (bytes === null || kind === 'bytes') return bytes
  if (field.columnType === BIT) return BigInt(`0x${bytes.toString('hex') || '0'}`).toString()
  // What is no text goes as bytes rather than altered.
  if (!isUtf8(bytes)) return bytes
  const text = bytes.toString('utf8')
  if ((kind !== 'instant' && kind !== 'wall') || text.startsWith('0000-00-00')) return text
  return kind === 'instant' ? `${text.replace(' ', 'T')}Z` : text.replace(' ', 'T')
}

/** A value as a literal of SQL, to be compared with its column: numbers as they are, for a text would be compared as a double. Throws TypeError. Pure. */
export function literal(kind: ColumnKind, text: string, quote: (text: string) => string): string {
  if (kind === 'bytes') {
    if (/^[0-9a-f]*$/.test(text)) return text === '' ? "''" : `0x${text}`
  } else if (kind !== 'integer' && kind !== 'decimal') return quote(text)
  else if (/^-?\d+(\.\d+)?$/.test(text)) return text
  throw new TypeError(`"${text}" is no ${kind}`)
}
