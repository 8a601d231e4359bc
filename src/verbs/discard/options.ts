import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { DiscardRequest } from '../../commands/requests.js'
import { defined } from '../../core/defined.js'
import type { LettingGo } from '../../core/discard-plan.js'
import { homeFolder } from '../../core/home.js'
import type { DiscardOptions } from '../../discard/plan/options.js'
import { UserError } from '../../errors.js'
import type { Io } from '../../io.js'
import { runPath } from '../../journal/runs.js'

/** How a prefix is let go, by the kind of broker and what was asked. A purge takes all at once, so it knows neither a limit nor a rate. */
export const howOf = (kind: 'kafka' | 'rabbitmq', request: DiscardRequest): LettingGo => {
  if (kind === 'kafka') return request.freeDisk ? 'delete-records' : 'offsets'
  const { archive, scope, maxMessages, rate } = request
  const isPurge = !archive.keep && scope.kind === 'all' && maxMessages === undefined && rate === undefined
  return isPurge ? 'purge' : 'ack'
}

/** What the operator chose, with what this machine says of the archive's place. Throws UserError `archive-unwritable`. */
export const optionsOf = async (
  request: DiscardRequest,
  { run, how, io }: { readonly run: string; readonly how: LettingGo; readonly io: Io },
): Promise<DiscardOptions> => {
  const { scope, maxMessages, rate, consumersStopped, archive } = request
  return {
    run,
    now: io.now(),
    scope,
    how,
    consumersStopped,
    ...defined({ maxMessages, rate }),
    ...(archive.keep ? { archive: await placeOf(folderOf(archive.folder, run, io)) } : {}),
  }
}

/** Absolute: it holds wherever the run is resumed. */
const folderOf = (folder: string | undefined, run: string, io: Io): string =>
  folder === undefined ? join(resolve(runPath(homeFolder(io.env), run)), 'archive') : join(resolve(folder), run)

/** Left free on the archive's disk: this many bytes, or a twentieth of a disk that is smaller than 20 GiB. */
const FLOOR = 1n << 30n
const SHARE = 20n

const placeOf = async (folder: string): Promise<NonNullable<DiscardOptions['archive']>> => {
  const there = await nearest(folder)
  const { bavail, bsize, blocks } = await statfs(there, { bigint: true })
  const share = (blocks * bsize) / SHARE
  return { folder, freeBytes: bavail * bsize, floorBytes: share < FLOOR ? share : FLOOR }
}

/** The folder, or the one above it that is there: it tells the file system. Throws UserError where nothing can be made in it. */
export const nearest = async (folder: string): Promise<string> => {
  const kind = await stat(folder).catch((error: NodeJS.ErrnoException) => error)
  if (kind instanceof Error) {
    if (kind.code === 'ENOENT' && dirname(folder) !== folder) return nearest(dirname(folder))
    throw unwritable(folder, kind)
  }
  if (!kind.isDirectory()) throw unwritable(folder, { code: 'ENOTDIR' })
  await access(folder, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw unwritable(folder, error as NodeJS.ErrnoException)
  })
  return folder
}

const unwritable = (folder: string, cause: { readonly code?: string | undefined }): UserError =>
  new UserError(`No archive can be made in ${folder} (${cause.code})`, {
    code: 'archive-unwritable',
    hint: 'Give a folder that you may write to: --archive DIR.',
    cause,
  })
