import { nearest } from '../../../core/did-you-mean.js'
import { isJsonNumber } from '../json.js'
import type { Column, Row, RowValue } from '../ports.js'
import { Unmappable } from './unmappable.js'

/** A value as a module of the user's gets it: exactly, or not at all. */
export type ModuleValue = bigint | number | boolean | string | Buffer | null

/** A row as a module gets it: its columns by name. */
export type ModuleRow = Readonly<Record<string, ModuleValue>>

/**
 * A row for a module: integers as BigInt, floats as numbers, booleans, bytes as Buffer, NULL as null; NUMERIC, nested JSON and times in the text of
 * the database. A column that is not there fails, rather than be left out in silence. Pure.
 */
export function moduleRow(columns: readonly Column[], { values }: Row): ModuleRow {
  const row: Record<string, ModuleValue> = Object.create(null)
  for (const [at, column] of columns.entries()) row[column.name] = moduleValue(column, values[at] ?? null)
  return new Proxy(row, HONEST)
}

/** Files of JSON do not tell numbers from what is nested. */
function jsonValue(text: string): ModuleValue {
  if (/^-?\d+$/.test(text)) return BigInt(text)
  if (isJsonNumber(text)) return Number(text)
  return text === 'true' || text === 'false' ? text === 'true' : text
}

/** Asked of any object: by await, JSON.stringify and printing. */
const OF_OBJECTS: ReadonlySet<string> = new Set(['then', 'toJSON', 'toString', 'valueOf', 'constructor', 'inspect'])

const HONEST: ProxyHandler<Record<string, ModuleValue>> = {
  get(row, name) {
    if (typeof name === 'symbol' || name in row || OF_OBJECTS.has(name)) return Reflect.get(row, name)
    const near = nearest(name, Object.keys(row))
    throw new Unmappable(`there is no column ${name}${near === undefined ? '' : `. Did you mean ${near}?`}`)
  },
}

function moduleValue({ kind }: Column, value: RowValue): ModuleValue {
  if (typeof value !== 'string') return value
  if (kind === 'json') return jsonValue(value)
  if (kind === 'integer' && /^-?\d+$/.test(value)) return BigInt(value)
  if (kind === 'float') return Number(value.replace('inf', 'Inf').replace(/^(-?)Inf$/, '$1Infinity'))
  return kind === 'boolean' ? value === 'true' : value
}
