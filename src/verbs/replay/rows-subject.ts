import { performance } from 'node:perf_hooks'
import type { ReplayOf } from '../../commands/replay-of.js'
import type { DatabasePlace } from '../../core/address/database.js'
import { defined } from '../../core/defined.js'
import { formatCount } from '../../core/quantity.js'
import type { ReplayPlan, RowsFrom } from '../../core/replay-plan.js'
import type { RowsAsked } from '../../core/rows-asked.js'
import type { Io } from '../../io.js'
import type { Wanted } from '../../reconcile/wanted.js'
import type { ReplaySource } from '../../replay/ports.js'
import { rowLane } from '../../replay/rows/lane.js'
import type { RowMap } from '../../replay/rows/map/open.js'
import { END, START } from '../../replay/rows/mark.js'
import { ROWS_LANE } from '../../replay/rows/message.js'
import type { RowSource, RowsLook } from '../../replay/rows/ports.js'
import { Tail } from '../../replay/rows/tail.js'
import type { Running } from '../system.js'
import type { ReplaySubject, ReplaySubjects } from './ends.js'
import { tryMap } from './map-look.js'
import { MissingOnce, type MissingRows, type RowsWhere } from './missing-once.js'
import { rowIds } from './row-ids.js'
import { RowMapOnce } from './row-map-once.js'
import { graceWarning, readableFrom, rowsRefusals, rowsWarnings } from './rows-look.js'
import { plannedPlace, type RowsWay, rowsWay } from './rows-source.js'
import { settling } from './settling.js'
import { FolderTailLog } from './tail-log.js'

/** `file`: how a file was when it was planned. */
export type Rows = Extract<ReplayOf, { kind: 'rows' }> & Pick<RowsFrom, 'file'>

/** What a plan says of rows, to be read again; the password comes from elsewhere. */
export const plannedRows = (from: RowsFrom): Rows => ({
  kind: 'rows',
  place: plannedPlace(from),
  rows: from.rows,
  ...defined({ map: from.map, missing: from.missing, statementMs: from.statementMs, file: from.file }),
})

/** The same with the login of an address that was given again. */
export const withLogin = (of: Rows, again: DatabasePlace | undefined): Rows =>
  again?.credentials === undefined ? of : { ...of, place: { ...of.place, credentials: again.credentials } }

/** Rows of a database or a file, to be sent. Throws UserError, and what RowSource throws. */
export async function rowsSubjects(of: Rows, where: RowsWhere): Promise<ReplaySubjects> {
  const { io, config } = where
  const way = await rowsWay(of.place, { io, config, statementMs: of.statementMs, file: of.file })
  const mapping = new RowMapOnce(of.map, io)
  const ids = async () => rowIds(await way.open(), of.rows, () => performance.now())
  const missing = new MissingOnce(of.missing, ids, where)
  const opened: RowSource[] = []
  let tried: readonly string[] | undefined
  const open = async () => {
    const source = await way.open()
    opened.push(source)
    return source
  }
  return {
    look: async () => {
      const map = await mapping.get()
      const source = opened[0] ?? (await open())
      const looked = await source.look(of.rows)
      tried ??= map === undefined ? [] : await tryMap(map, { source, asked: of.rows, looked })
      return subjectOf(of, { way, looked, map, tried, missing: await missing.get(), open, io })
    },
    async [Symbol.asyncDispose]() {
      mapping[Symbol.dispose]()
      await Promise.all(opened.map(source => source[Symbol.asyncDispose]()))
    },
  }
}

type Found = {
  readonly way: RowsWay
  readonly looked: RowsLook
  readonly map: RowMap | undefined
  /** What the mapping made of the first rows, in words. */
  readonly tried: readonly string[]
  readonly missing: MissingRows | undefined
  readonly open: () => Promise<RowSource>
  readonly io: Io
}

function subjectOf({ rows, statementMs }: Rows, { way, looked, map, tried, missing, open, io }: Found): ReplaySubject {
  const { address, user, file } = way
  const { count } = looked
  const now = io.now()
  const readable = readableFrom(rows, looked, now)
  return {
    look: {
      source: address,
      from: {
        ...{ kind: 'rows', address, user, rows },
        ...defined({ map: map?.planned, missing: missing?.planned, statementMs, file }),
      },
      system: 'rows',
      // Where late commits are looked for, there may be some although there is nothing yet.
      lanes: count === 0n && !rows.rescanMs ? [] : [{ lane: ROWS_LANE, from: START, to: END, messages: count ?? 1n }],
      bytes: 0n,
      ...(missing?.bounds(count) ?? { isUpperBound: false }),
      isUnknown: count === undefined,
      warnings: [...tried, ...rowsWarnings(looked, rows), ...graceWarning(readable, now), ...(missing?.warnings ?? [])],
    },
    refusals: [...rowsRefusals(looked, rows, now), ...(missing?.refusals ?? [])],
    ...(rows.from === '' ? {} : { oldest: new Date(rows.from) }),
    open: async (_plan, running) => {
      const list = await missing?.open(running?.folder.path)
      return sourceOf({ source: await open(), rows, map, list, columns: looked.columns, readable, io, running })
    },
  }
}

type Reading = {
  readonly source: RowSource
  readonly rows: RowsAsked
  readonly map: RowMap | undefined
  readonly columns: RowsLook['columns']
  readonly list: Wanted | undefined
  /** By this machine's clock, in milliseconds since the epoch. */
  readonly readable: number
  readonly io: Io
  readonly running: Running<ReplayPlan> | undefined
}

/** Of rows that are only looked at nothing is waited for, and nothing noted. */
function sourceOf({ source, rows, map, list, columns, readable, io, running }: Reading): ReplaySource {
  const end = Date.parse(rows.to)
  const { rescanMs = 0, graceMs = 0 } = rows
  const log = running === undefined ? undefined : new FolderTailLog(running.folder.path)
  const from = Math.max(Date.parse(rows.from), end - rescanMs)
  const tail = log === undefined || rescanMs === 0 || !(from >= 0) ? undefined : new Tail(log)
  const window = { end, graceMs }
  const { gate, soft } = running ?? {}
  const settled =
    gate === undefined || soft === undefined || Number.isNaN(end)
      ? undefined
      : settling({ source, window, readable, now: () => io.now(), gate, soft })
  const toMessage = map?.toMessage({ asked: rows, columns, zone: rows.zone ?? 'UTC' })
  const wanted = list && ((keys: readonly string[]) => list.has(keys))
  const parts = { source, asked: rows, toMessage, clock: () => performance.now() }
  return {
    lanes: [rowLane({ ...parts, ...defined({ wanted, settled, tail: tail && { of: tail, from } }) })],
    notes: async () => (tail === undefined ? [] : lateNotes(tail)),
    async [Symbol.asyncDispose]() {
      await log?.[Symbol.asyncDispose]()
      await list?.[Symbol.asyncDispose]()
      await source[Symbol.asyncDispose]()
    },
  }
}

async function lateNotes(tail: Tail): Promise<readonly string[]> {
  await tail.openAt(END)
  const { late } = tail
  if (late === 0) return []
  return [
    `${formatCount(late)} ${late === 1 ? 'row was' : 'rows were'} committed late: the end of the window was read again`,
  ]
}
