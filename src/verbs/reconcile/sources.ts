import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ReconcileRequest } from '../../commands/reconcile-request.js'
import type { IdsAddress } from '../../core/address/ids.js'
import type { Place } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import { UserError } from '../../errors.js'
import { archiveIds } from '../../reconcile/archive-ids.js'
import { fileIds } from '../../reconcile/file-ids.js'
import type { IdSource } from '../../reconcile/ports.js'
import { databaseOptions } from '../../settings/database.js'
import { resolvePlace } from '../../settings.js'
import { findArchive } from '../archive/find.js'
import type { Where } from '../system.js'

/** What all sources of one command share. */
export type Opening = Where & {
  readonly request: Pick<ReconcileRequest, 'seenId' | 'zone' | 'config' | 'management' | 'key' | 'time' | 'query'>
  /** Folder for what lies on disk meanwhile. */
  readonly temporary: string
  /** What is to be done at the end; opening adds to it. */
  readonly closing: (() => Promise<void>)[]
  /** Told of what reading does to a source. */
  readonly warn: (message: string) => void
}

/** Opens both sides, in order: whatever is wrong with one is said before anything is read. Throws UserError, BrokerError. */
export async function openSources(
  opening: Opening & { readonly request: ReconcileRequest },
): Promise<{ expected: IdSource; seen: readonly IdSource[] }> {
  const expected = await openSource(opening.request.expected, 'expected', opening)
  const seen: IdSource[] = []
  for (const address of opening.request.seen) seen.push(await openSource(address, 'seen', opening))
  return { expected, seen }
}

/** Opens one of them. Throws UserError, Refusal, BrokerError. */
export function openSource(address: IdsAddress, side: 'expected' | 'seen', opening: Opening): Promise<IdSource> {
  switch (address.kind) {
    case 'file':
      return openFile(address, side, opening)
    case 'archive':
    case 'parked':
      return openKept(address, opening)
    case 'database':
      return openDatabase(address, side, opening)
    case 'broker':
      return openBroker(address.place, opening)
    default:
      return address satisfies never
  }
}

async function openFile(
  { path, id }: IdsAddress & { kind: 'file' },
  side: 'expected' | 'seen',
  { request, temporary }: Opening,
): Promise<IdSource> {
  if (!existsSync(path)) throw new UserError(`There is no file ${path}`, { code: 'no-file', hint: 'Check the path.' })
  const { key, time, zone, seenId } = request
  const named = seenId.at === 'json' ? seenId.pointer : undefined
  const columns = side === 'expected' ? { id: id ?? key, time } : { id: id ?? named }
  return fileIds({ path: resolve(path), zone, ...defined(columns) }, temporary)
}

/** By the index of an archive where that has the id, else by the messages themselves. */
async function openKept(
  { kind, run }: IdsAddress & { kind: 'archive' | 'parked' },
  { request: { seenId }, temporary, closing, io }: Opening,
): Promise<IdSource> {
  if (kind === 'archive' && seenId.at === 'key') {
    const { folder } = await findArchive(run, io)
    return archiveIds({ run, folder }, join(temporary, `.index-${process.pid}-${run}.csv.zst`))
  }
  const { openKeptIds } = await import('./kept-messages.js')
  const { source, close } = await openKeptIds({ kind, run }, seenId, io)
  closing.push(close)
  return source
}

/** Throws UserError `no-table`, `no-column`, `credentials`, `unreachable`. */
async function openDatabase(
  { place, table = '', id = '', time }: IdsAddress & { kind: 'database' },
  side: 'expected' | 'seen',
  { request: { query, zone, config }, closing, io }: Opening,
): Promise<IdSource> {
  const { openIds } = await import('../../databases/open-ids.js')
  const options = await databaseOptions(place, { io, config })
  const { password } = options.credentials
  if (password !== undefined) io.secrets?.add(password)
  const of = side === 'expected' && query !== undefined ? { query } : { table }
  const source = await openIds(options, { of, key: id, zone, ...defined({ time }) })
  closing.push(async () => source[Symbol.asyncDispose]())
  return source
}

async function openBroker(place: Place, { request, closing, warn, ...where }: Opening): Promise<IdSource> {
  const { io, present } = where
  const { config, seenId, management } = request
  const resolved = await resolvePlace(place, { io, present, config })
  const open =
    resolved.address.kind === 'rabbitmq'
      ? (await import('../rabbitmq/reconcile/queue.js')).openQueueIds
      : (await import('../kafka/reconcile/topic.js')).openTopicIds
  const { source, close } = await open(resolved, { seenId, config, management, warn }, where)
  closing.push(close)
  return source
}
