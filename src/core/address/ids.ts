import { UserError } from '../../errors.js'
import { type Place, parseAddress } from '../address.js'
import { parseDatabase } from './database.js'
import { parseRowsOrName, type RowsAddress, type RowsPlace } from './rows.js'
import { parseRunAddress, type RunAddress } from './run.js'

/** Where ids are read from. */
export type IdsAddress =
  /** `id`: its column, member or JSON pointer. */
  | { readonly kind: 'file'; readonly path: string; readonly id?: string }
  | { readonly kind: 'archive' | 'parked'; readonly run: string }
  | ({ readonly kind: 'database'; readonly place: IdsDatabase } & IdColumns)
  | { readonly kind: 'broker'; readonly place: Place }

/** A database, or the name of one in spillway.yaml. */
export type IdsDatabase = RowsPlace & { readonly address: Exclude<RowsAddress, { kind: 'file' }> }

/** What stands behind the "?" of a database: table, column of the id, column of the time. */
export type IdColumns = { readonly table?: string; readonly id?: string; readonly time?: string }

const FILE = /^file:(.*?)(?:\?id=([^&]*))?$/is
const FORM =
  'Write file:PATH, file:PATH?id=COLUMN, archive:RUN, postgres://user@host/DB?table=T&id=COLUMN, kafka://host:9092/TOPIC or amqp://host/VHOST/QUEUE.'
const COLUMNS = ['table', 'id', 'time'] as const

/** Reads `file:PATH?id=COLUMN`, `archive:RUN`, `parked:RUN`, `postgres://…/DB?table=T&id=COLUMN&time=COLUMN`, or the address of a topic or queue. Throws UserError. */
export const parseIdsAddress = (text: string): IdsAddress => {
  const [, path, id] = FILE.exec(text) ?? []
  if (path !== undefined) return file(path, id)
  const run: RunAddress | undefined = parseRunAddress(text)
  if (run !== undefined) return run
  return database(text) ?? { kind: 'broker', place: parseAddress(text) }
}

function file(path: string, id: string | undefined): IdsAddress {
  if (path === '') throw new UserError('file: names no file', { hint: FORM })
  if (id === '') throw new UserError('?id= names no column', { hint: FORM })
  return id === undefined ? { kind: 'file', path } : { kind: 'file', path, id: decoded(id) }
}

/** What does not name columns is left to the address of the database itself. */
function database(text: string): IdsAddress | undefined {
  const [bare = '', ...query] = text.split('?')
  const parts = query.join('?').split('&')
  const isColumn = (part: string) => COLUMNS.some(name => part.startsWith(`${name}=`))
  const rest = parts.filter(part => part !== '' && !isColumn(part)).join('&')
  const place =
    parseDatabase(rest === '' ? bare : `${bare}?${rest}`) ?? (parts.some(isColumn) ? named(bare) : undefined)
  if (place === undefined) return undefined
  const columns = parts.filter(isColumn).map(part => column(part))
  return { kind: 'database', place, ...Object.fromEntries(columns) }
}

/** A NAME alone is a database of spillway.yaml where columns are named. */
export function named(text: string): IdsDatabase | undefined {
  const place = parseRowsOrName(text)
  return place?.address.kind === 'named' ? { ...place, address: place.address } : undefined
}

function column(part: string): readonly [string, string] {
  const at = part.indexOf('=')
  const [name, value] = [part.slice(0, at), decoded(part.slice(at + 1))]
  if (value !== '') return [name, value]
  throw new UserError(`?${name}= names no ${name === 'table' ? 'table' : 'column'}`, { hint: FORM })
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new UserError(`"${text}" is not percent-encoded as an address is`, { hint: 'Write % as %25.', cause })
  }
}
