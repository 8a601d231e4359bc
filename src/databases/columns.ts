import type { RowsAsked } from '../core/rows-asked.js'
import { UserError } from '../errors.js'
import type { Column } from '../replay/rows/ports.js'
import { TIMES } from './times.js'
import { columnAt } from './unique.js'

/** Refuses columns that rows cannot be read by; `how` says what a query can make of a time. Throws UserError `same-name`, `no-column`, `no-time`. */
export function assertColumns(columns: readonly Column[], asked: Pick<RowsAsked, 'key' | 'time'>, how: string): void {
  assertNames(columns)
  columnAt(columns, asked.key)
  assertTime(columns, asked.time, how)
}

/** Refuses a query of which two columns have one name. */
function assertNames(columns: readonly Column[]): void {
  const names = columns.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice === undefined) return
  throw new UserError(`Two columns are called ${twice}`, {
    code: 'same-name',
    hint: `Give one of them another name in the query: … AS other_${twice}.`,
  })
}

/** Refuses a column that holds no time. */
function assertTime(columns: readonly Column[], name: string, how: string): void {
  const kind = columns[columnAt(columns, name)]?.kind
  if (kind !== undefined && TIMES.has(kind)) return
  throw new UserError(`Column ${name} holds no time`, { code: 'no-time', hint: how })
}
