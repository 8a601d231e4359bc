import type { MappedJson } from '../../../core/row-mapping.js'
import { valueJson } from '../json.js'
import type { Column, RowValue } from '../ports.js'
import { readerOf, textOf } from './cell.js'
import { parseTemplate } from './template.js'

/** What a mapping is put together against. */
export type Frame = { readonly columns: readonly Column[]; readonly zone: string }

/** A mapped text of a row: bytes where a column of bytes stands alone, null where anything in it is NULL. Throws Unmappable. */
export type TextReader = (values: readonly RowValue[]) => string | Buffer | null

/** How a text is read. Pure. */
export function textReader(text: string, { columns, zone }: Frame): TextReader {
  const parts = parseTemplate(text).map(part =>
    typeof part === 'string' ? part : { written: part.written, read: readerOf(part, columns, zone) },
  )
  const [first, second] = parts
  if (first === undefined) return () => ''
  if (second === undefined) return typeof first === 'string' ? () => first : values => first.read(values).value
  return values => {
    let all = ''
    for (const part of parts) {
      if (typeof part === 'string') all += part
      else {
        const cell = part.read(values)
        if (cell.value === null) return null
        all += textOf(cell, part.written)
      }
    }
    return all
  }
}

/** Writes the JSON of a row. Throws Unmappable. */
export type JsonWriter = (values: readonly RowValue[]) => string

/** How a template of JSON is written: a column that stands alone keeps its type and its digits. Pure. */
export function jsonWriter(json: MappedJson, frame: Frame): JsonWriter {
  if (typeof json === 'string') return leafWriter(json, frame)
  if (Array.isArray(json)) {
    const items = (json as readonly MappedJson[]).map(item => jsonWriter(item, frame))
    return values => `[${items.map(write => write(values)).join(',')}]`
  }
  if (json !== null && typeof json === 'object') {
    const members = Object.entries(json).map(([name, member]) => ({
      name: `${JSON.stringify(name)}:`,
      write: jsonWriter(member, frame),
    }))
    return values => `{${members.map(({ name, write }) => name + write(values)).join(',')}}`
  }
  const fixed = JSON.stringify(json)
  return () => fixed
}

function leafWriter(text: string, frame: Frame): JsonWriter {
  const [only, another] = parseTemplate(text)
  if (only !== undefined && typeof only !== 'string' && another === undefined) {
    const read = readerOf(only, frame.columns, frame.zone)
    return values => {
      const cell = read(values)
      return valueJson(cell, cell.value)
    }
  }
  const read = textReader(text, frame)
  // A text with something around its columns is never bytes.
  return values => JSON.stringify(read(values))
}
