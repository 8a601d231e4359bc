import type { Message } from '../../../core/message.js'
import type { RowsAsked } from '../../../core/rows-asked.js'
import { messageOf, rowMessage } from '../message.js'
import type { Column, Row } from '../ports.js'
import type { RowMapper } from './compile.js'
import { Unmappable } from './unmappable.js'

/** Of a reason, in characters. */
const LONGEST = 500

/** A row as a message; one that cannot be mapped as without a mapping, with why it stays. */
export type ToMessage = (
  columns: readonly Column[],
  row: Row,
) => { readonly message: Message; readonly unable?: string | undefined }

/** Maps rows by what `compile` puts together for their columns; anew where those change. */
export function toMessageBy(asked: RowsAsked, compile: (columns: readonly Column[]) => RowMapper): ToMessage {
  let known: readonly Column[] = []
  let mapper: RowMapper | undefined
  return (columns, row) => {
    if (mapper === undefined || !isSame(columns, known)) mapper = compile(columns)
    known = columns
    try {
      return { message: messageOf(asked, row, mapper(row)) }
    } catch (error) {
      if (!(error instanceof Unmappable)) throw error
      return { message: rowMessage(asked, columns, row), unable: reasonOf(error) }
    }
  }
}

/** In one line that people read, whatever a module throws. */
const reasonOf = ({ message }: Unmappable): string => {
  const line = message.replace(/\p{Cc}+/gu, ' ').trim()
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`
}

const isSame = (some: readonly Column[], others: readonly Column[]): boolean =>
  some === others ||
  (some.length === others.length &&
    some.every(({ name, kind }, at) => name === others[at]?.name && kind === others[at]?.kind))
