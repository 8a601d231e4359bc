import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { MissingAsked, MissingGiven } from '../../commands/missing-asked.js'
import { parseIdsAddress } from '../../core/address/ids.js'
import { defined } from '../../core/defined.js'
import { homeFolder } from '../../core/home.js'
import { type MissingFrom, withoutPassword } from '../../core/missing-from.js'
import { makeRunId } from '../../core/run-id.js'
import { formatSeenId, parseSeenId } from '../../core/seen-id.js'
import type { DrainRefusal } from '../../drain/refusals.js'
import { Refusal, UserError } from '../../errors.js'
import { lookAtList } from '../../reconcile/list-file.js'
import type { IdSource, IdStream } from '../../reconcile/ports.js'
import { listIn, openWanted, type Wanted } from '../../reconcile/wanted.js'
import { openSource } from '../reconcile/sources.js'
import { wroteList } from '../reconcile/written-lists.js'
import { openKnownRun } from '../restore/opened.js'
import type { Where } from '../system.js'
import { listParked } from './parked-rows.js'
import { atWork } from './parked-subject.js'

/** The rows that a list chooses from. */
export type MissingAmong = {
  readonly where: Where
  readonly config?: string | undefined
  readonly management?: string | undefined
  /** Opens the ids of the rows themselves. */
  readonly ids: () => Promise<IdStream & AsyncDisposable>
}

/** Which rows alone are sent, as a plan says it: the list is read through. Throws UserError `no-file`, and what an address that is wrong throws. */
export async function plannedMissing(asked: MissingGiven, { io }: Where): Promise<MissingFrom> {
  if (asked.kind === 'list' || asked.kind === 'seen' || asked.kind === 'parked') return asked
  const path = await listOf(asked, homeFolder(io.env))
  if (path !== undefined) return { kind: 'list', path, ...(await lookAtList(path)) }
  const text = asked.kind === 'path' ? asked.path : asked.text
  parseIdsAddress(text)
  return { kind: 'seen', address: withoutPassword(text), seenId: formatSeenId(asked.seenId) }
}

/** A path that is there is a list; so is `file:PATH` of one that `reconcile` wrote here. */
async function listOf(asked: MissingAsked, home: string): Promise<string | undefined> {
  if (asked.kind === 'place') {
    const path = /^file:([^?]*)$/i.exec(asked.text)?.[1]
    return path !== undefined && (await wroteList(home, path)) ? resolve(path) : undefined
  }
  const { path } = asked
  if (existsSync(path) || path.startsWith('/') || path.startsWith('.') || !path.includes('/')) return resolve(path)
  return undefined
}

type Asked = { readonly asked: MissingGiven; readonly planned: MissingFrom }

/** Opens where the rows would have been seen, and closes it unread: what is wrong with it is said before anything begins. Throws UserError, BrokerError. */
export async function lookAtSeen(
  { asked, planned }: Asked,
  among: MissingAmong,
): Promise<{ readonly refusals: readonly DrainRefusal[]; readonly warnings: readonly string[] }> {
  if (planned.kind === 'parked') {
    const { folder } = await openKnownRun(planned.run, among.where.io)
    return { refusals: (await folder.alive()) ? [atWork(planned.run)] : [], warnings: [] }
  }
  if (planned.kind === 'list') return { refusals: [], warnings: [] }
  const warnings: string[] = []
  const temporary = await folderToLook(among.where)
  try {
    await withSeen({ asked, planned, temporary }, among, {
      warn: message => void warnings.push(message),
      work: async () => undefined,
    })
    return { refusals: [], warnings }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message, hint } = error
    return { refusals: [{ code, message, hint, mayClear: true }], warnings }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function folderToLook({ io }: Where): Promise<string> {
  const folder = join(homeFolder(io.env), 'reconcile', `.look-${process.pid}-${makeRunId(io.now())}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

/**
 * The list of rows to be sent. In the folder of a run it is made once, and a resume finds it there; without a folder it is only for a look. Throws
 * Refusal `stale` where the file is another by now, UserError, BrokerError, RunError.
 */
export async function openMissing(
  { asked, planned }: Asked,
  among: MissingAmong,
  folder: string | undefined,
): Promise<Wanted> {
  if (folder !== undefined) {
    const list = listIn(folder)
    if (!existsSync(list)) await make(list, { asked, planned, temporary: folder }, among)
    return openWanted(list, folder)
  }
  if (planned.kind === 'seen' && /^amqps?:/i.test(planned.address))
    throw new UserError('To look into a queue spends a delivery of each message', {
      code: 'not-supported',
      hint: 'Leave --sample away, or give the file of `spillway reconcile`.',
    })
  const temporary = await folderToLook(among.where)
  const clear = () => rm(temporary, { recursive: true, force: true })
  try {
    const list = listIn(temporary)
    await make(list, { asked, planned, temporary }, among)
    const wanted = await openWanted(list, temporary)
    return { has: ids => wanted.has(ids), [Symbol.asyncDispose]: () => wanted[Symbol.asyncDispose]().then(clear) }
  } catch (error) {
    await clear()
    throw error
  }
}

type Making = Asked & { readonly temporary: string }

async function make(list: string, { asked, planned, temporary }: Making, among: MissingAmong): Promise<void> {
  if (planned.kind === 'seen') return compared(list, { asked, planned, temporary }, among)
  if (planned.kind === 'parked') return listParked(list, planned, among.where.io)
  const { digest } = await lookAtList(planned.path, list)
  if (digest === planned.digest) return
  await rm(list)
  throw new Refusal(`${planned.path} is another list than the plan was drawn from`, {
    code: 'stale',
    hint: 'Plan again.',
  })
}

type Comparing = Making & { readonly planned: MissingFrom & { readonly kind: 'seen' } }

/** Of the rows' ids those that were seen nowhere, found as `reconcile` finds them. */
async function compared(list: string, making: Comparing, among: MissingAmong): Promise<void> {
  const { io, present } = among.where
  const warn = (message: string) => void io.err.write(`warning: ${message}\n`)
  const { reconcile } = await import('../../reconcile/reconcile.js')
  const work = async (seen: IdSource) => {
    await using expected = await among.ids()
    const { withoutId } = await reconcile({
      ...{
        expected,
        seen: [seen],
        range: {},
        missingFile: list,
        temporary: making.temporary,
        signal: io.soft,
      },
      progress: state => void (present.quiet || io.err.write(`${state}\n`)),
    })
    if (withoutId.expected > 0) throw noId(withoutId.expected)
  }
  await withSeen(making, among, { warn, work })
}

const noId = (rows: number): UserError =>
  new UserError(`${rows} rows have no id: nobody can say whether they got through`, {
    code: 'no-key',
    hint: 'Give another --key.',
  })

type Seeing = { readonly warn: (message: string) => void; readonly work: (seen: IdSource) => Promise<void> }

async function withSeen(
  { asked, planned, temporary }: Making,
  { where: { io, present }, config, management }: MissingAmong,
  { warn, work }: Seeing,
): Promise<void> {
  if (planned.kind !== 'seen') return
  const closing: (() => Promise<void>)[] = []
  const request = { seenId: parseSeenId(planned.seenId), zone: 'UTC', ...defined({ config, management }) }
  try {
    const address = parseIdsAddress(asked.kind === 'place' ? asked.text : planned.address)
    await work(await openSource(address, 'seen', { io, present, request, temporary, closing, warn }))
  } finally {
    for (const close of closing.reverse()) await close()
  }
}
