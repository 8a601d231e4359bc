import { isPromise } from 'node:util/types'
import { suggestion } from '../../../core/did-you-mean.js'
import type { MessageHeader } from '../../../core/message.js'
import { isRecord } from '../../../core/revive.js'
import { nameOfRows, type RowsAsked } from '../../../core/rows-asked.js'
import { RunError } from '../../../errors.js'
import { EVENT_ID_HEADER } from '../event-id.js'
import { type RowParts, rowParts } from '../message.js'
import type { Column } from '../ports.js'
import type { RowMapper } from './compile.js'
import { JsonText, moduleJson } from './module-json.js'
import { type ModuleRow, moduleRow } from './module-row.js'
import { Unmappable } from './unmappable.js'

/** What a module gets beside the row. */
export type MapContext = {
  /** Table of the rows, or `query`. */
  readonly table: string
  /** The event id that the row has without a mapping. */
  readonly id: string
  /** Puts a JSON text into a value as it stands. */
  readonly json: (text: string) => unknown
}

/** The `map` of a module of the user's. */
export type MapFunction = (row: ModuleRow, context: MapContext) => unknown

const FIELDS = ['key', 'value', 'headers', 'timestamp', 'id', 'contentType', 'routingKey']

const json = (text: string): JsonText => new JsonText(text)

/** Maps rows by a module. The mapper throws Unmappable, and RunError where the module must not go on at all. */
export function moduleMapper(map: MapFunction, asked: RowsAsked, columns: readonly Column[]): RowMapper {
  const table = nameOfRows(asked)
  return row => {
    const plain = rowParts(asked, columns, row)
    const made = called(map, moduleRow(columns, row), { table, id: plain.id, json })
    for (const name of Object.keys(made))
      if (!FIELDS.includes(name)) throw new Unmappable(`map gave back ${name}. ${suggestion(name, FIELDS, 'fields')}`)
    return partsOf(made, plain)
  }
}

function called(map: MapFunction, row: ModuleRow, context: MapContext): Readonly<Record<string, unknown>> {
  let made: unknown
  try {
    made = map(row, context)
  } catch (error) {
    if (error instanceof Unmappable) throw error
    throw new Unmappable(error instanceof Error ? `${error.name}: ${error.message}` : String(error), { cause: error })
  }
  if (isPromise(made)) {
    made.catch(() => undefined)
    throw new RunError('map gave back a promise', {
      code: 'mapping',
      hint: 'It must give the message itself: no async.',
    })
  }
  if (isRecord(made)) return made
  throw new Unmappable(`map gave back ${made === undefined ? 'nothing' : JSON.stringify(made)}, no message`)
}

function partsOf(made: Readonly<Record<string, unknown>>, plain: RowParts): RowParts {
  const id = 'id' in made ? textOf(made.id, 'id') : plain.id
  const own = 'headers' in made ? headersOf(made.headers) : []
  const hasId = own.some(([name]) => name === EVENT_ID_HEADER)
  return {
    id,
    key: 'key' in made ? (made.key === null ? null : bytesOf(made.key, 'key')) : plain.key,
    value: 'value' in made ? bodyOf(made.value) : plain.value,
    headers: hasId ? own : [...own, [EVENT_ID_HEADER, Buffer.from(id)]],
    timestamp: 'timestamp' in made ? timeOf(made.timestamp) : plain.timestamp,
    ...(made.contentType === undefined ? {} : { contentType: textOf(made.contentType, 'contentType') }),
    ...(made.routingKey === undefined ? {} : { routingKey: bytesOf(made.routingKey, 'routingKey') }),
  }
}

function bodyOf(value: unknown): Buffer | null {
  if (value === null) return null
  const isPlain = typeof value === 'object' && !(value instanceof Uint8Array)
  return isPlain ? Buffer.from(moduleJson(value, 'value')) : bytesOf(value, 'value')
}

function headersOf(raw: unknown): MessageHeader[] {
  const pairs: readonly unknown[] = Array.isArray(raw) ? raw : isRecord(raw) ? Object.entries(raw) : [raw]
  return pairs.flatMap((pair): MessageHeader[] => {
    if (!Array.isArray(pair) || typeof pair[0] !== 'string')
      throw new Unmappable('headers must be {name: value}, or [[name, value], …]')
    const [name, value] = pair as [string, unknown]
    return value === null || value === undefined ? [] : [[name, bytesOf(value, `header ${name}`)]]
  })
}

function bytesOf(value: unknown, what: string): Buffer {
  if (typeof value === 'string') return Buffer.from(value)
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (typeof value === 'bigint' || typeof value === 'boolean') return Buffer.from(String(value))
  if (typeof value === 'number' && Number.isFinite(value)) return Buffer.from(String(value))
  throw new Unmappable(`${what} is ${value === null ? 'null' : typeof value}: give text or bytes`)
}

function textOf(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'bigint') return String(value)
  throw new Unmappable(`${what} is ${value === '' ? 'empty' : `${value === null ? 'null' : typeof value}: give text`}`)
}

function timeOf(value: unknown): number {
  const at = value instanceof Date ? value.getTime() : typeof value === 'bigint' ? Number(value) : value
  if (typeof at === 'number' && Number.isSafeInteger(at) && at >= 0) return at
  throw new Unmappable(`timestamp is ${String(value)}: give a Date, or milliseconds since 1970`)
}
