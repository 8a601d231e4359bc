import type { ArchiveRequest, ShowRequest, SqlRequest } from '../commands/archive-request.js'
import type { Common } from '../commands/requests.js'
import { homeFolder } from '../core/home.js'
import { EXIT, RunError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { listRuns } from '../journal/runs.js'
import { classify, errorDocument } from '../present/error.js'
import { toPrettyJson } from '../present/json.js'
import { messagesText, sqlTable, verifiedText } from '../report/archive-answers-text.js'
import { archivesTable, filesText } from '../report/archive-text.js'
import { type Found, findArchive, findIfKept } from './archive/find.js'
import { type Holding, holdingOf } from './archive/holding.js'
import { messagesIn } from './archive/messages.js'

/** Lists the archives of this home, or the files of one. Sets `io.exitCode`. */
export async function archiveLs(request: ArchiveRequest, io: Io, present: Presentation): Promise<void> {
  if (request.run !== undefined) {
    const held = await holdingOf(await findArchive(request.run, io))
    io.out.write(present.format === 'json' ? toPrettyJson(held) : `${filesText(held)}\n`)
  } else {
    const all = await allHoldings(io)
    const short = all.map(({ files, ...held }) => ({ ...held, files: files.length }))
    io.out.write(present.format === 'json' ? toPrettyJson(short) : `${archivesTable(all)}\n`)
  }
  io.exitCode = EXIT.complete
}

async function allHoldings(io: Io): Promise<readonly Holding[]> {
  const found: Holding[] = []
  for (const id of await listRuns(homeFolder(io.env))) {
    // One damaged folder must not hide the others.
    const held = await ifKept(id, io).catch((error: unknown) => classify(error, io.soft))
    if (held instanceof Error) io.err.write(`run ${id} cannot be read: ${held.message}\n`)
    else if (held !== undefined) found.push(held)
  }
  return found
}

async function ifKept(id: string, io: Io): Promise<Holding | undefined> {
  const found = await findIfKept(id, io)
  return found === undefined ? undefined : holdingOf(found)
}

/** Prints messages of an archive, by its index. Sets `io.exitCode`: 3 where none fits. */
export async function archiveShow(request: ShowRequest, io: Io, present: Presentation): Promise<void> {
  const found = await findArchive(request.run, io)
  const { messages, more } = await messagesIn(found, request)
  io.out.write(present.format === 'json' ? toPrettyJson(messages) : `${messagesText(messages, more)}\n`)
  io.exitCode = messages.length === 0 ? EXIT.left : EXIT.complete
}

/** Reads an archive through. Sets `io.exitCode`; throws RunError `archive-damaged` once it has printed what is wrong. */
export async function archiveVerify(
  request: Common & { readonly run: string },
  io: Io,
  present: Presentation,
): Promise<void> {
  const { run, folder, format } = await findArchive(request.run, io)
  const { verifyArchive } = await import('../archive/verify.js')
  const verified = { run, folder, ...(await verifyArchive({ folder, format: await format(), signal: io.soft })) }
  const error = verified.damage.length === 0 ? undefined : damagedIn(verified)
  const document = error === undefined ? verified : { ...verified, error: errorDocument(error) }
  io.out.write(present.format === 'json' ? toPrettyJson(document) : `${verifiedText(verified)}\n`)
  io.exitCode = EXIT.complete
  if (error !== undefined) throw error
}

const damagedIn = ({ run, damage }: Pick<Found, 'run'> & { damage: readonly Place[] }): RunError =>
  new RunError(`The archive of run ${run} is damaged in ${damage.length} place${damage.length === 1 ? '' : 's'}`, {
    code: 'archive-damaged',
    hint: 'Bring those files back from a copy. What lies before each place, and in other files, can be replayed.',
    details: damage.map(({ file, byte, why }) => ({ at: `${file}:${byte}`, message: why })),
  })

type Place = { readonly file: string; readonly byte: number; readonly why: string }

/** Asks the index of an archive in SQL. Sets `io.exitCode`. */
export async function archiveSql(request: SqlRequest, io: Io, present: Presentation): Promise<void> {
  const { folder } = await findArchive(request.run, io)
  const { askArchive } = await import('../archive/sql.js')
  const answer = await askArchive(folder, request.sql, { most: request.limit, signal: io.soft })
  io.out.write(present.format === 'json' ? toPrettyJson(rowsOf(answer)) : sqlTable(answer))
  if (answer.more) io.err.write(`There are more rows: --limit ${request.limit} was reached.\n`)
  io.exitCode = EXIT.complete
}

type Answer = { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] }

const rowsOf = ({ columns, rows }: Answer): readonly unknown[] =>
  rows.map(row => Object.fromEntries(columns.map((column, at) => [column, row[at]])))
