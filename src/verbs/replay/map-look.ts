import type { RowsAsked } from '../../core/rows-asked.js'
import type { AgainstRows, RowMap } from '../../replay/rows/map/open.js'
import type { Column, RowPage, RowPlace, RowSource, RowsLook } from '../../replay/rows/ports.js'

/** So many rows are tried before a plan is shown. */
const ROWS = 20

/** What a mapping is tried on. */
export type TriedOn = { readonly source: RowSource; readonly asked: RowsAsked; readonly looked: RowsLook }

/**
 * Tries a mapping on the first rows, where these are found quickly. Gives what the operator should know. Throws UserError `no-column` for a column that a table has
 * not, and that none of the first rows of a file has.
 */
export async function tryMap(map: RowMap, { source, asked, looked }: TriedOn): Promise<readonly string[]> {
  const { columns } = looked
  if (columns.length > 0) map.assertColumns(columns)
  if (columns.length > 0 && looked.indexed !== true) return []
  const pages = await firstPages(source, asked)
  const seen = unionOf(pages)
  if (seen.length > 0) map.assertColumns(seen)
  return unmapped(map, pages, { asked, columns, zone: asked.zone ?? 'UTC' })
}

async function firstPages(source: RowSource, asked: RowsAsked): Promise<readonly RowPage[]> {
  const pages: RowPage[] = []
  let [after, left]: [RowPlace | undefined, number] = [undefined, ROWS]
  for (let isMore = true; isMore && left > 0; ) {
    const page: RowPage = await source.page(asked, after, left)
    pages.push(page)
    left -= page.rows.length
    after = page.rows.at(-1)?.place
    isMore = page.more === true && after !== undefined
  }
  return pages
}

/** Columns that any of the rows has. */
function unionOf(pages: readonly RowPage[]): readonly Column[] {
  const all = new Map(pages.flatMap(({ columns }) => columns.map(column => [column.name, column])))
  return [...all.values()]
}

function unmapped(map: RowMap, pages: readonly RowPage[], against: AgainstRows): readonly string[] {
  const toMessage = map.toMessage(against)
  const rows = pages.flatMap(({ columns, rows: some }) => some.map(row => toMessage(columns, row)))
  const unable = rows.flatMap(each => each.unable ?? [])
  const [first] = unable
  if (first === undefined) return []
  return [
    `${unable.length} of the first ${rows.length} rows cannot be mapped and would be parked: ${first}. Look at them with --sample ${rows.length}`,
  ]
}
