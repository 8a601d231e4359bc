import { resolve } from 'node:path'
import { parseDatabase } from '../../core/address/database.js'
import { formatRows, type RowsPlace } from '../../core/address/rows.js'
import { FileRows, type FileStamp, stampOf } from '../../databases/file.js'
import { openRows } from '../../databases/open.js'
import type { Io } from '../../io.js'
import type { RowSource } from '../../replay/rows/ports.js'
import { databaseOptions } from '../../settings/database.js'

/** How rows are reached. */
export type RowsWay = {
  /** Address without credentials. */
  readonly address: string
  /** Who logs in; empty where the settings tell it, and for a file. */
  readonly user: string
  readonly file?: FileStamp
  /** Nothing is connected yet. */
  open(): Promise<RowSource>
}

type Given = {
  readonly io: Io
  readonly config?: string | undefined
  readonly statementMs?: number | undefined
  /** Of a file that was planned, how it was. */
  readonly file?: FileStamp | undefined
}

/** The way to a database, with its password from address, environment or settings. Throws UserError. */
export async function rowsWay(place: RowsPlace, { io, config, statementMs, file }: Given): Promise<RowsWay> {
  const { address } = place
  if (address.kind === 'file') return fileWay(address.path, file)
  const options = await databaseOptions({ ...place, address }, { io, config })
  const { username, password } = options.credentials
  if (password !== undefined) io.secrets?.add(password)
  return {
    address: formatRows(address),
    user: address.kind === 'named' && place.credentials === undefined ? '' : username,
    open: () => openRows({ ...options, ...(statementMs === undefined ? {} : { statementMs }) }),
  }
}

async function fileWay(given: string, planned: FileStamp | undefined): Promise<RowsWay> {
  const path = resolve(given)
  const file = planned ?? (await stampOf(path))
  return { address: `file:${path}`, user: '', file, open: async () => new FileRows(path, file) }
}

/** What a plan says of where rows are. */
export function plannedPlace({ address, user }: { readonly address: string; readonly user: string }): RowsPlace {
  const login = user === '' ? {} : { credentials: { username: user } }
  if (address.startsWith('file:')) return { address: { kind: 'file', path: address.slice('file:'.length) } }
  const place = parseDatabase(address)
  return { address: place?.address ?? { kind: 'named', cluster: address }, ...login }
}
