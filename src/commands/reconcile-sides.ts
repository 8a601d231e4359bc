import { type IdsAddress, named, parseIdsAddress } from '../core/address/ids.js'
import { defined } from '../core/defined.js'
import type { Problems } from './problems.js'

type Columns = { readonly table?: string; readonly query?: string; readonly key?: string; readonly time?: string }

/** The expected side with what the flags say of its columns, which add to its address. */
export function expectedSide(text: string | undefined, flags: Columns, problems: Problems): IdsAddress | undefined {
  const address = problems.read('--expected', text, each => parsed(each, flags))
  if (address?.kind !== 'database') {
    for (const [flag, value] of Object.entries({ '--table': flags.table, '--query': flags.query }))
      if (value !== undefined && address !== undefined)
        problems.add(flag, 'is for rows of a database', 'Leave it away, or name a database in --expected.')
    return address
  }
  const { table = address.table, key = address.id, time = address.time, query } = flags
  problems.exclusive({ '--table': table, '--query': query })
  if (!table && !query) problems.add('--table', 'is missing', 'Name the table of the rows, or give a --query.')
  if (!key) problems.add('--key', 'is missing: nothing says which column is the id', 'Give --key COLUMN.')
  return { kind: 'database', place: address.place, ...defined({ table, id: key, time }) }
}

/** Of a NAME only the flags tell that it is a database. */
function parsed(text: string, { table, query }: Columns): IdsAddress {
  const place = table === undefined && query === undefined ? undefined : named(text)
  return place === undefined ? parseIdsAddress(text) : { kind: 'database', place }
}

/** One of the sides that were seen; a database names its table and column itself. */
export function seenSide(text: string, problems: Problems): IdsAddress | undefined {
  const address = problems.read('--seen', text, parseIdsAddress)
  if (address?.kind !== 'database') return address
  if (address.table === undefined || address.id === undefined)
    problems.add(
      '--seen',
      'a database needs its table and the column of the id',
      'Write postgres://user@host/DB?table=T&id=COLUMN; --table and --key are of the expected side.',
    )
  return address
}
