import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ReconcileRequest } from '../../commands/reconcile-request.js'
import type { IdsAddress } from '../../core/address/ids.js'
import type { Place } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import { formatSeenId } from '../../core/seen-id.js'
import { UserError } from '../../errors.js'
import { archiveIds } from '../../reconcile/archive-ids.js'
import { fileIds } from '../../reconcile/file-ids.js'
import type { IdSource } from '../../reconcile/ports.js'
import { resolvePlace } from '../../settings.js'
import { findArchive } from '../archive/find.js'
import type { Where } from '../system.js'

/** What all sources of one command share. */
type Opening = Where & {
  readonly request: ReconcileRequest
  /** Folder for what lies on disk meanwhile. */
  readonly temporary: string
  /** What is to be done at the end; opening adds to it. */
  readonly closing: (() => Promise<void>)[]
}

/** Opens both sides, in order: whatever is wrong with one is said before anything is read. Throws UserError, BrokerError. */
export async function openSources(opening: Opening): Promise<{ expected: IdSource; seen: readonly IdSource[] }> {
  const expected = await open(opening.request.expected, 'expected', opening)
  const seen: IdSource[] = []
  for (const address of opening.request.seen) seen.push(await open(address, 'seen', opening))
  return { expected, seen }
}

function open(address: IdsAddress, side: 'expected' | 'seen', opening: Opening): Promise<IdSource> {
  switch (address.kind) {
    case 'file':
      return openFile(address, side, opening)
    case 'archive':
      return openArchive(address.run, opening)
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

async function openArchive(run: string, { request, temporary, io }: Opening): Promise<IdSource> {
  if (request.seenId.at !== 'key')
    throw new UserError(`The index of an archive has the key of a message, not ${formatSeenId(request.seenId)}`, {
      code: 'not-supported',
      hint: 'Leave --seen-id away to compare by key.',
    })
  const { folder } = await findArchive(run, io)
  return archiveIds({ run, folder }, join(temporary, `.index-${process.pid}-${run}.csv.zst`))
}

async function openBroker(place: Place, { request, closing, ...where }: Opening): Promise<IdSource> {
  const { io, present } = where
  const { config, seenId } = request
  const resolved = await resolvePlace(place, { io, present, config })
  if (resolved.address.kind === 'rabbitmq')
    throw new UserError('A queue cannot be read without consuming: each look would spend deliveries', {
      code: 'not-supported',
      hint: 'Compare with what its consumers have written, or with archive:RUN of a discard.',
    })
  const { openTopicIds } = await import('../kafka/reconcile/topic.js')
  const { source, close } = await openTopicIds(resolved, { seenId, config }, where)
  closing.push(close)
  return source
}
