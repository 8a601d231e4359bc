import { indexTable } from '../archive/index-table.js'
import type { IdRelation } from './ports.js'

/** The keys of the messages in an archive, by its index; `copy` is where one that is cut short is copied to. Throws UserError `no-archive`. */
export async function archiveIds(
  { run, folder }: { readonly run: string; readonly folder: string },
  copy: string,
): Promise<IdRelation> {
  const { from } = await indexTable(folder, copy)
  const id = `coalesce(key, 'base64:' || key_base64)`
  const sql = `SELECT ${id} AS id, CASE WHEN timestamp >= 0 THEN timestamp END AS time FROM ${from}`
  return { kind: 'relation', name: `archive:${run}`, sql, zone: 'UTC' }
}
