import type { Message } from '../../core/message.js'
import { nameOfRows, type RowsAsked } from '../../core/rows-asked.js'
import { EVENT_ID_HEADER, eventId } from './event-id.js'
import { rowJson } from './json.js'
import { markBehind } from './mark.js'
import type { Column, Row } from './ports.js'

/** Of rows there is one lane, in the order of time and key. */
export const ROWS_LANE = 'rows'

/** A row as a message: its key column as text, the row as JSON, the time of its time column. Its version is that time. Pure. */
export function rowMessage(asked: RowsAsked, columns: readonly Column[], { place, at, values }: Row): Message {
  const table = nameOfRows(asked)
  const id = eventId({ table, key: place.key, version: place.time })
  const [key, value] = [Buffer.from(place.key), Buffer.from(rowJson(columns, values))]
  const header = Buffer.from(id)
  return {
    id,
    key,
    value,
    headers: [[EVENT_ID_HEADER, header]],
    timestamp: at,
    target: table,
    lane: ROWS_LANE,
    mark: markBehind(place),
    size: key.length + value.length + EVENT_ID_HEADER.length + header.length,
  }
}
