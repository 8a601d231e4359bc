import type { MessageHeader } from '../../../core/message.js'
import type { RowMapping } from '../../../core/row-mapping.js'
import { nameOfRows, type RowsAsked } from '../../../core/rows-asked.js'
import { EVENT_ID_HEADER, eventId, namedUuid, rowId } from '../event-id.js'
import { rowJsonBytes } from '../json-bytes.js'
import type { RowParts } from '../message.js'
import type { Row } from '../ports.js'
import { noColumn, readerOf } from './cell.js'
import { millisecondsOf } from './moment.js'
import { parseTemplate } from './template.js'
import { type Frame, jsonWriter, type TextReader, textReader } from './text.js'
import { Unmappable } from './unmappable.js'

/** Makes of a row what its message is made of. Throws Unmappable. */
export type RowMapper = (row: Row) => RowParts

/** Puts a mapping together against the columns of rows. A row that has not all that it names is Unmappable. Pure. */
export function compileMapping(mapping: RowMapping, asked: RowsAsked, frame: Frame): RowMapper {
  const key = keyOf(mapping, frame)
  const value = bodyOf(mapping, frame)
  const timestamp = timestampOf(mapping, frame)
  const id = idOf(mapping, asked, frame)
  const headers = Object.entries(mapping.headers ?? {}).map(([name, text]) => ({ name, read: textReader(text, frame) }))
  const { eventIdHeader = EVENT_ID_HEADER } = mapping
  const contentType = optional(mapping.contentType, frame)
  const routingKey = optional(mapping.routingKey, frame)
  return row => {
    const { values } = row
    const own = id(row)
    const named = headers.flatMap(({ name, read }): MessageHeader[] => {
      const content = read(values)
      return content === null ? [] : [[name, bytesOf(content)]]
    })
    const [type, routing] = [contentType?.(values), routingKey?.(values)]
    return {
      id: own,
      key: key(row),
      value: value(row),
      headers: eventIdHeader === null ? named : [...named, [eventIdHeader, Buffer.from(own)]],
      timestamp: timestamp(row),
      ...(type === undefined ? {} : { contentType: type.toString() }),
      ...(routing === undefined ? {} : { routingKey: bytesOf(routing) }),
    }
  }
}

const bytesOf = (content: string | Buffer): Buffer => (typeof content === 'string' ? Buffer.from(content) : content)

function keyOf({ key }: RowMapping, frame: Frame): (row: Row) => Buffer | null {
  if (key === undefined) return ({ place }) => Buffer.from(place.key)
  if (key === null) return () => null
  const read = needed('key', textReader(key, frame))
  return ({ values }) => bytesOf(read(values))
}

function bodyOf({ body = { row: true } }: RowMapping, frame: Frame): (row: Row) => Buffer | null {
  if ('row' in body) return ({ values }) => rowJsonBytes(frame.columns, values)
  if ('json' in body) {
    const write = jsonWriter(body.json, frame)
    return ({ values }) => Buffer.from(write(values))
  }
  const read = 'text' in body ? textReader(body.text, frame) : columnReader(body.column, frame)
  return ({ values }) => {
    const content = read(values)
    return content === null ? null : bytesOf(content)
  }
}

function timestampOf({ timestamp }: RowMapping, { columns, zone }: Frame): (row: Row) => number {
  if (timestamp === undefined) return ({ at }) => at
  const parts = parseTemplate(timestamp)
  const [only] = parts
  const alone = parts.length === 1 && typeof only === 'object' ? readerOf(only, columns, zone) : undefined
  const text = needed('timestamp', textReader(timestamp, { columns, zone }))
  return ({ values }) => {
    const cell = { kind: alone?.(values).kind ?? 'text', text: text(values).toString() } as const
    const at = millisecondsOf(cell, { zone, written: 'timestamp' })
    if (at >= 0) return at
    throw new Unmappable(`timestamp: ${cell.text} is before 1970`)
  }
}

function idOf({ eventId: own, version }: RowMapping, asked: RowsAsked, frame: Frame): (row: Row) => string {
  const table = nameOfRows(asked)
  if (typeof own === 'string') {
    const read = needed('eventId', textReader(own, frame))
    return ({ values }) => filled(read(values).toString())
  }
  if (own !== undefined && 'name' in own) {
    const read = needed('eventId.name', textReader(own.name, frame))
    return ({ values }) => namedUuid(read(values).toString(), own.namespace)
  }
  const columns = own === undefined ? [] : own.columns.map(each => columnReader(each, frame))
  if (own !== undefined)
    return ({ values }) =>
      rowId(
        table,
        columns.map(each => plainText(each(values))),
      )
  const read = version === undefined ? undefined : textReader(version, frame)
  if (read === undefined) return ({ place }) => eventId({ table, key: place.key, version: place.time })
  return ({ place, values }) => rowId(table, [place.key, plainText(read(values))])
}

function columnReader(column: string, { columns }: Frame): TextReader {
  const at = columns.findIndex(({ name }) => name === column)
  return at < 0 ? () => noColumn(column) : values => values[at] ?? null
}

const filled = (id: string): string => {
  if (id !== '') return id
  throw new Unmappable('eventId is empty')
}

const plainText = (value: string | Buffer | null): string | null =>
  value === null || typeof value === 'string' ? value : value.toString('base64')

/** A text that no message can do without. */
function needed(what: string, read: TextReader): (values: Row['values']) => string | Buffer {
  return values => {
    const content = read(values)
    if (content === null) throw new Unmappable(`${what} is NULL`)
    return content
  }
}

/** A text that is left away where it is NULL. */
function optional(
  text: string | undefined,
  frame: Frame,
): ((values: Row['values']) => string | Buffer | undefined) | undefined {
  if (text === undefined) return undefined
  const read = textReader(text, frame)
  return values => read(values) ?? undefined
}
