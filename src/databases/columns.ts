import { UserError } from '../errors.js'
import type { Column } from '../replay/rows/ports.js'
import { TIMES } from './times.js'
import { columnAt } from './unique.js'

/** Refuses a query of which two columns have one name. Throws UserError `same-name`. */
export function assertNames(columns: readonly Column[]): void {
  const names = columns.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice === undefined) return
  throw new UserError(`Two columns are called ${twice}`, {
    code: 'same-name',
    hint: `Give one of them another name in the query: … AS other_${twice}.`,
  })
}

/** Refuses a column that holds no time; `how` says what a query can make of it. Throws UserError `no-column`, `no-time`. */
export function assertTime(columns: readonly Column[], name: string, how: string): void {
  const kind = columns[columnAt(columns, name)]?.kind
  if (kind !== undefined && TIMES.has(kind)) return
  throw new UserError(`Column ${name} holds no time`, { code: 'no-time', hint: how })
}
