import { defined } from '../../core/defined.js'
import type { Message, MessageHeader } from '../../core/message.js'
import { nameOfRows, type RowsAsked } from '../../core/rows-asked.js'
import { EVENT_ID_HEADER, eventId } from './event-id.js'
import { rowJsonBytes } from './json-bytes.js'
import { markBehind } from './mark.js'
import type { Column, Row } from './ports.js'

/** Of rows there is one lane, in the order of time and key. */
export const ROWS_LANE = 'rows'

/** What a row becomes, before it is a message. */
export type RowParts = Pick<Message, 'id' | 'key' | 'value' | 'headers' | 'timestamp' | 'contentType' | 'routingKey'>

/** What a row becomes without a mapping: its key column as text, the row as JSON, the time of its time column. Its version is that time. Pure. */
export function rowParts(asked: RowsAsked, columns: readonly Column[], row: Row): RowParts {
  const { place, at, values, version = place.time } = row
  const id = eventId({ table: nameOfRows(asked), key: place.key, version })
  return {
    id,
    key: Buffer.from(place.key),
    value: rowJsonBytes(columns, values),
    headers: [[EVENT_ID_HEADER, Buffer.from(id)]],
    timestamp: at,
  }
}

/** A row as the message that its parts make. Pure. */
export function messageOf(asked: RowsAsked, { place }: Row, parts: RowParts): Message {
  const { id, key, value, headers, timestamp, contentType, routingKey } = parts
  let size = (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers) size += sizeOf(header)
  const message = {
    id,
    key,
    value,
    headers,
    timestamp,
    target: nameOfRows(asked),
    lane: ROWS_LANE,
    mark: markBehind(place),
    size,
    messageId: id,
  }
  if (contentType === undefined && routingKey === undefined) return message
  return { ...message, ...defined({ contentType, routingKey }) }
}

/** A row as a message, without a mapping. Pure. */
export const rowMessage = (asked: RowsAsked, columns: readonly Column[], row: Row): Message =>
  messageOf(asked, row, rowParts(asked, columns, row))

const sizeOf = ([name, value]: MessageHeader): number => name.length + (value?.length ?? 0)
