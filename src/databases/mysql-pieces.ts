import type { Readable } from 'node:stream'
import type { Connection } from 'mysql2/promise'
import { BrokerError } from '../errors.js'
import { TIMED_OUT } from './errors.js'
import { PIECE_MS } from './ids.js'
import { connected } from './mysql-session.js'
import type { DatabaseOptions } from './options.js'

type Cells = readonly (Buffer | null)[]

type Asked = {
  readonly options: DatabaseOptions
  readonly client: Connection
  readonly text: string
  /** Rows of one piece. */
  readonly rows: number
}

/** The rows of a statement piece by piece, as they come. Silence of a minute ends it, at the server too; so does the signal. Throws what the client throws. */
export async function* pieces(
  { options, client, text, rows }: Asked,
  signal: AbortSignal,
): AsyncGenerator<readonly Cells[]> {
  signal.throwIfAborted()
  await limitless(client)
  const stream = streamOf(client, text)
  const watch = watching(stream, signal)
  let isWhole = false
  try {
    let piece: Cells[] = []
    for await (const row of stream) {
      watch.came()
      piece.push(row as Cells)
      if (piece.length < rows) continue
      watch.pause()
      yield piece
      watch.came()
      piece = []
    }
    isWhole = true
    if (piece.length > 0) yield piece
    signal.throwIfAborted()
  } finally {
    watch.end()
    if (!isWhole) await stopped(options, client)
  }
}

/** How long it takes is up to whoever reads; MySQL has the other name. https://mariadb.com/kb/en/aborting-statements/ */
async function limitless(client: Connection): Promise<void> {
  const [rows] = await client.query('SELECT VERSION() AS version')
  const isMaria = /mariadb/i.test(String((rows as { version: unknown }[])[0]?.version))
  await client.query(`SET SESSION ${isMaria ? 'max_statement_time' : 'max_execution_time'} = 0`)
}

type Streaming = { query(asked: object): { stream(options: { readonly highWaterMark: number }): Readable } }

function streamOf(client: Connection, sql: string): Readable {
  const asked = { sql, rowsAsArray: true, typeCast: (field: { buffer(): Buffer | null }) => field.buffer() }
  // The promises of mysql2 have no streams; its connection beneath has.
  const { connection } = client as unknown as { readonly connection: Streaming }
  return connection.query(asked).stream({ highWaterMark: 1000 })
}

const LOOK_MS = 1000

function watching(stream: Readable, signal: AbortSignal) {
  let last: number | undefined = Date.now()
  const timer = setInterval(() => {
    if (last !== undefined && Date.now() - last > PIECE_MS)
      stream.destroy(new BrokerError(SILENT, { retry: true, code: TIMED_OUT, hint: HINT }))
  }, LOOK_MS)
  const abort = () => stream.destroy(signal.reason)
  signal.addEventListener('abort', abort)
  return {
    came: () => {
      last = Date.now()
    },
    pause: () => {
      last = undefined
    },
    end: () => {
      clearInterval(timer)
      signal.removeEventListener('abort', abort)
    },
  }
}

const SILENT = `The database gave no row for ${PIECE_MS / 1000} s`
const HINT = 'An index on the column of the time lets it find the rows of the range.'

/** Ends what the server still does for us. One that cannot be reached for it ends it by itself, when it writes. */
async function stopped(options: DatabaseOptions, client: Connection): Promise<void> {
  const { threadId } = client
  client.destroy()
  await connected(options)
    .then(async other => {
      await other.query(`KILL ${Number(threadId)}`).finally(() => other.destroy())
    })
    .catch(() => undefined)
}
