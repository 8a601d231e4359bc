import { shellWord } from '../core/command-words.js'
import type { ReplayFrom } from '../core/replay-plan.js'
import type { RowsAsked } from '../core/rows-asked.js'
import { entry } from './commands-layout.js'

const WHAT = 'How many rows lie in the window now: as many as were read and skipped, where none came or went since.'

/** The database's own client that counts the rows of a replay; undefined where there is none: files, and times of MariaDB in another zone than UTC. */
export function rowsCommandsText(from: ReplayFrom): string | undefined {
  if (from.kind !== 'rows') return undefined
  const [, scheme, rest = ''] = /^(postgres|mysql):\/\/(.*)$/.exec(from.address) ?? []
  const { zone = 'UTC' } = from.rows
  if (scheme === 'postgres') {
    const place = shellWord(`postgres://${encodeURIComponent(from.user)}@${rest}`)
    return entry(WHAT, [`PGTZ=${shellWord(zone)} psql ${place} -c ${shellWord(countOf(from.rows, POSTGRES))}`])
  }
  if (scheme !== 'mysql' || zone !== 'UTC') return undefined
  const { hostname, port, pathname } = new URL(`mysql://${rest}`)
  const login = `-h ${shellWord(hostname)} -P ${port} -u ${shellWord(from.user)} -p ${shellWord(pathname.slice(1))}`
  const utc = shellWord("SET time_zone = '+00:00'")
  return entry(WHAT, [`mysql ${login} --init-command=${utc} -e ${shellWord(countOf(from.rows, MYSQL))}`])
}

/** How a database writes a name and a time. */
type Dialect = { readonly name: (text: string) => string; readonly time: (iso: string) => string }

const POSTGRES: Dialect = { name: text => `"${text.replaceAll('"', '""')}"`, time: iso => `timestamptz '${iso}'` }
const MYSQL: Dialect = {
  name: text => `\`${text.replaceAll('`', '``')}\``,
  time: iso => `'${iso.replace('T', ' ').replace('Z', '')}'`,
}

function countOf({ of, time, from, to }: RowsAsked, dialect: Dialect): string {
  const column = `s.${dialect.name(time)}`
  const rows = 'table' in of ? of.table.split('.').map(dialect.name).join('.') : `(${of.query.replace(/[\s;]+$/, '')})`
  return `SELECT count(*) FROM ${rows} AS s WHERE ${column} >= ${dialect.time(from)} AND ${column} < ${dialect.time(to)}`
}
