import { UserError } from '../errors.js'

/** Refuses a table in which neither the key nor time and key together are unique: pages would lose rows that are alike. */
export function assertUnique(
  table: string,
  asked: { readonly key: string; readonly time: string },
  has: boolean,
): void {
  if (has) return
  throw new UserError(`Column ${asked.key} of ${table} is not unique, nor is it together with ${asked.time}`, {
    code: 'no-unique-key',
    hint: 'Give a column with a unique index to --key (the primary key), or make one: rows alike in time and key could be left out at the border of a page.',
  })
}

/** The position of a column. Throws UserError `no-column`. */
export function columnAt(columns: readonly { readonly name: string }[], name: string): number {
  const at = columns.findIndex(column => column.name === name)
  if (at >= 0) return at
  throw new UserError(`There is no column ${name}`, {
    code: 'no-column',
    hint: `There are: ${columns.map(column => column.name).join(', ')}.`,
  })
}
