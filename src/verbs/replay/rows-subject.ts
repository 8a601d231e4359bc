import { performance } from 'node:perf_hooks'
import type { ReplayOf } from '../../commands/requests.js'
import { formatDatabase, parseDatabase } from '../../core/address/database.js'
import { defined } from '../../core/defined.js'
import { formatCount } from '../../core/quantity.js'
import type { ReplayFrom } from '../../core/replay-plan.js'
import type { RowsAsked } from '../../core/rows-asked.js'
import { openRows } from '../../databases/open.js'
import type { DatabaseOptions } from '../../databases/options.js'
import type { DrainRefusal } from '../../drain/refusals.js'
import { Bug } from '../../errors.js'
import type { Io } from '../../io.js'
import { rowLane } from '../../replay/rows/lane.js'
import type { RowMap } from '../../replay/rows/map/open.js'
import { END, START } from '../../replay/rows/mark.js'
import { ROWS_LANE } from '../../replay/rows/message.js'
import type { RowSource, RowsLook } from '../../replay/rows/ports.js'
import type { Where } from '../system.js'
import type { ReplaySubject, ReplaySubjects } from './ends.js'
import { RowMapOnce } from './row-map-once.js'

type Rows = Extract<ReplayOf, { kind: 'rows' }>

/** What a plan says of rows, to be read again; the password comes from the environment. */
export function plannedRows({ address, user, rows, map }: Extract<ReplayFrom, { kind: 'rows' }>): Rows {
  const place = parseDatabase(address)
  if (place === undefined) throw new Bug(`${address} is no address of a database`)
  return { kind: 'rows', place: { ...place, credentials: { username: user } }, rows, ...defined({ map }) }
}

/** Rows of a database, to be sent. Throws what RowSource throws. */
export function rowsSubjects(of: Rows, { io }: Where): ReplaySubjects {
  const options = optionsOf(of, io.env)
  const { password } = options.credentials
  if (password !== undefined) io.secrets?.add(password)
  const mapping = new RowMapOnce(of.map, io)
  const opened: RowSource[] = []
  const open = async () => {
    const source = await openRows(options)
    opened.push(source)
    return source
  }
  return {
    look: async () => {
      const map = await mapping.get()
      const source = opened[0] ?? (await open())
      const looked = await source.look(of.rows)
      map?.assertColumns(looked.columns)
      return subjectOf(of.rows, { options, looked, map, open, io })
    },
    async [Symbol.asyncDispose]() {
      mapping[Symbol.dispose]()
      await Promise.all(opened.map(source => source[Symbol.asyncDispose]()))
    },
  }
}

/** The address wins over the environment. https://www.postgresql.org/docs/current/libpq-envars.html */
function optionsOf({ place: { address, credentials } }: Rows, env: Io['env']): DatabaseOptions {
  const isPostgres = address.kind === 'postgres'
  const username = credentials?.username ?? (isPostgres ? env.PGUSER : undefined) ?? env.USER ?? 'root'
  // The database's own variable comes first: a replay into RabbitMQ or Kafka may need SPILLWAY_PASSWORD for these.
  const password = credentials?.password ?? (isPostgres ? env.PGPASSWORD : env.MYSQL_PWD) ?? env.SPILLWAY_PASSWORD
  return { address, credentials: { username, ...(password === undefined ? {} : { password }) } }
}

type Found = {
  readonly options: DatabaseOptions
  readonly looked: RowsLook
  readonly map: RowMap | undefined
  readonly open: () => Promise<RowSource>
  readonly io: Io
}

function subjectOf(rows: RowsAsked, { options, looked, map, open, io }: Found): ReplaySubject {
  const address = formatDatabase(options.address)
  const { count, withoutKey } = looked
  return {
    look: {
      source: address,
      from: { kind: 'rows', address, user: options.credentials.username, rows, ...defined({ map: map?.planned }) },
      system: 'rows',
      lanes: count === 0n ? [] : [{ lane: ROWS_LANE, from: START, to: END, messages: count ?? 1n }],
      bytes: 0n,
      isUpperBound: false,
      warnings: warningsOf(looked, rows),
    },
    refusals: [...notOver(rows, io.now()), ...keyless(rows, withoutKey)],
    oldest: new Date(rows.from),
    async open() {
      const source = await open()
      const toMessage = map?.toMessage({ asked: rows, zone: 'UTC' })
      const parts = { source, asked: rows, toMessage, clock: () => performance.now() }
      return { lanes: [rowLane(parts)], [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() }
    },
  }
}

const warningsOf = ({ count, columns }: RowsLook, { time }: RowsAsked): string[] => [
  'A row that is updated between its plan and its page goes as it is then; one that is deleted meanwhile does not go',
  ...(count === undefined ? ['Counting the rows takes longer than 5 s: their number is unknown'] : []),
  ...(columns.find(({ name }) => name === time)?.kind === 'instant'
    ? []
    : [`Times in ${time} have no zone: they are taken for UTC`]),
]

const notOver = ({ to }: RowsAsked, now: Date): DrainRefusal[] =>
  Date.parse(to) <= now.getTime()
    ? []
    : [
        {
          code: 'not-over',
          message: `The window ends at ${to}, which is still to come: rows would come into it while it is read`,
          hint: 'Give a --to-time that has passed, and let transactions that write such rows end.',
          mayClear: true,
        },
      ]

const keyless = ({ key }: RowsAsked, withoutKey: bigint): DrainRefusal[] =>
  withoutKey === 0n
    ? []
    : [
        {
          code: 'no-key',
          message: `${formatCount(withoutKey)} rows of the window have no ${key}: no page would have them`,
          hint: `Give another --key, or leave them out: --query "SELECT … WHERE ${key} IS NOT NULL".`,
          mayClear: false,
        },
      ]
