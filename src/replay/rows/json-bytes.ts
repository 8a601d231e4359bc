import { namesOf, rowJson, valueJson } from './json.js'
import type { Column, RowValue } from './ports.js'

/** A longer text is quicker written by native code. */
const LOOP_BELOW = 256
/** A character of JavaScript is at most six bytes of JSON: \u0000. */
const WIDEST = 6
const QUOTE = 0x22
const BACKSLASH = 0x5c
const END = 0x7d

/** Reused: a row is put together here, without the dozens of texts that it would be made of otherwise. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024)

/** `rowJson` in UTF-8, in half the time and with a third of the garbage. Pure. */
export function rowJsonBytes(columns: readonly Column[], values: readonly RowValue[]): Buffer {
  const names = namesOf(columns)
  if (columns.length === 0 || mostBytes(names, values) > scratch.length) return Buffer.from(rowJson(columns, values))
  let at = 0
  for (let i = 0; i < columns.length; i++)
    at = putValue(putText(at, names[i] as string), columns[i] as Column, values[i] ?? null)
  scratch[at++] = END
  const json = Buffer.allocUnsafe(at)
  scratch.copy(json, 0, 0, at)
  return json
}

function mostBytes(names: readonly string[], values: readonly RowValue[]): number {
  let characters = 1
  for (const name of names) characters += name.length
  for (const value of values) characters += 2 + (value?.length ?? 4)
  return WIDEST * characters
}

function putValue(at: number, column: Column, value: RowValue): number {
  if (isQuoted(column, value)) {
    const end = putPlain(scratch, at + 1, value)
    if (end > 0) {
      scratch[at] = QUOTE
      scratch[end] = QUOTE
      return end + 1
    }
  }
  return putText(at, valueJson(column, value))
}

const isQuoted = ({ kind }: Column, value: RowValue): value is string =>
  typeof value === 'string' && kind !== 'json' && kind !== 'boolean' && kind !== 'integer' && kind !== 'float'

function putText(at: number, text: string): number {
  if (text.length >= LOOP_BELOW) return at + scratch.write(text, at)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7e) return at + scratch.write(text, at)
    scratch[at + i] = code
  }
  return at + text.length
}

/** Writes a text that stands in JSON as it is, and gives the end of it; -1 where it does not, or is long. */
export function putPlain(into: Buffer, at: number, text: string): number {
  if (text.length >= LOOP_BELOW) return -1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return -1
    into[at + i] = code
  }
  return at + text.length
}
