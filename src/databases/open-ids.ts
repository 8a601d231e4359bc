import type { IdsAsked } from '../core/ids-asked.js'
import type { OpenedIds } from './ids.js'
import type { DatabaseOptions } from './options.js'

/** Connects, and looks at the columns; reads no row. Throws UserError `no-table`, `no-column`, `no-time`, `credentials`, `permission`, `unreachable`. */
export async function openIds(options: DatabaseOptions, asked: IdsAsked): Promise<OpenedIds> {
  if (options.address.kind === 'postgres') return (await import('./postgres-ids.js')).openPostgresIds(options, asked)
  return (await import('./mysql-ids.js')).openMysqlIds(options, asked)
}
