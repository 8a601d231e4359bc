import type { RowsAsked } from '../core/rows-asked.js'
import type { Problems } from './problems.js'

/** The flags that say which rows. */
export type RowsFlags = { table?: string; query?: string; key?: string; time?: string; map?: string }

type Window = { readonly from?: Date | undefined; readonly to?: Date | undefined }

/** Which rows of a database; undefined where something is missing, which is added to the problems. */
export function rowsAsked(flags: RowsFlags, { from, to }: Window, problems: Problems): RowsAsked | undefined {
  const { table, query, key, time } = flags
  problems.exclusive({ '--table': table, '--query': query })
  if (!table && !query) problems.add('--table', 'is missing', 'Name the table of the rows, or give a --query.')
  const needed = { '--key': key, '--time': time, '--from': from, '--to-time': to }
  for (const [flag, value] of Object.entries(needed))
    if (value === undefined || value === '')
      problems.add(flag, 'is missing: rows are read by time and key', HINTS[flag] ?? '')
  if (!(table || query) || !key || !time || from === undefined || to === undefined) return undefined
  const of = table ? { table } : { query: query ?? '' }
  return { of, key, time, from: from.toISOString(), to: to.toISOString() }
}

const HINTS: Readonly<Record<string, string>> = {
  '--key': 'Name a column that no two rows have in common: --key id.',
  '--time': 'Name the column of the time: --time created_at.',
  '--from': 'Say from when on: --from 2026-01-31T08:00.',
  '--to-time': 'Say before when: --to-time 2026-01-31T09:00.',
}

/** Only a database has columns. */
export function refuseColumns(flags: RowsFlags, problems: Problems): void {
  const { table, query, key, time, map } = flags
  const given = { '--table': table, '--query': query, '--key': key, '--time': time, '--map': map }
  for (const [flag, value] of Object.entries(given))
    if (value !== undefined)
      problems.add(flag, 'is for rows of a database', 'Leave it away; --only-key chooses by key.')
}
