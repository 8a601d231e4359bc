import { type Connection, createConnection } from 'mysql2/promise'
import type { DatabaseServer } from '../core/address/database.js'
import { UserError } from '../errors.js'
import type { RowsServer } from '../replay/rows/ports.js'
import type { MysqlField } from './mysql-values.js'
import { CONNECT_MS, type DatabaseOptions, STATEMENT_MS } from './options.js'
import { type Security, securityOf } from './security.js'
import { type Found, firstFit } from './servers.js'

export type Answer = {
  readonly fields: readonly MysqlField[]
  readonly rows: readonly (readonly (Buffer | null)[])[]
}

/** A session of MariaDB or MySQL that can only read; one connection, made anew after a fault. Every value comes in the server's own bytes. */
export class MysqlSession implements AsyncDisposable {
  readonly #options: DatabaseOptions
  #found: Found<Connection> | undefined

  constructor(options: DatabaseOptions) {
    this.#options = options
  }

  /** Throws what mysql2 throws. */
  async ask(sql: string): Promise<Answer> {
    const { client } = await this.#connected()
    const [rows, fields] = await client.query({ sql, rowsAsArray: true, typeCast: field => field.buffer() })
    return { rows, fields } as unknown as Answer
  }

  /** Another timeout for statements from now on; the usual one where none is given. Milliseconds. */
  async limit(milliseconds = this.#options.statementMs ?? STATEMENT_MS): Promise<void> {
    await limitStatements((await this.#connected()).client, milliseconds)
  }

  /** Which server is read. */
  async server(): Promise<RowsServer> {
    return (await this.#connected()).server
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#found?.client.destroy()
    this.#found = undefined
  }

  async #connected(): Promise<Found<Connection>> {
    this.#found ??= await found(this.#options)
    return this.#found
  }
}

/** A session that can only read, in UTC, at the server that fits. Throws what mysql2 throws. */
export const connected = async (options: DatabaseOptions): Promise<Connection> => (await found(options)).client

const found = (options: DatabaseOptions): Promise<Found<Connection>> =>
  firstFit(options.address, {
    connect: server => secured(options, server),
    isReplica: async client => {
      const [rows] = await client.query('SELECT @@global.read_only AS answer')
      return /^(1|ON)/.test(String((rows as { answer: unknown }[])[0]?.answer))
    },
    close: async client => client.destroy(),
  })

async function secured(options: DatabaseOptions, server: DatabaseServer): Promise<Connection> {
  const security = await securityOf(options)
  try {
    return await dial(options, server, security)
  } catch (error) {
    if (!security.orPlain || (error as { code?: unknown }).code !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error
    return dial(options, server, { named: false })
  }
}

async function dial(
  { address, credentials, statementMs = STATEMENT_MS }: DatabaseOptions,
  server: DatabaseServer,
  { tls, named }: Pick<Security, 'tls' | 'named'>,
): Promise<Connection> {
  const { username: user, password = '' } = credentials
  const at = { host: server.host.replace(/^\[|\]$/g, ''), port: server.port, database: address.database }
  // The client looks at no name where the host is a number.
  if (named && /^[\d.]+$|:/.test(at.host))
    throw new UserError(`The certificate of ${at.host} cannot be checked: it names no host`, {
      code: 'tls',
      hint: 'Write the name of the server instead of its number, or ssl-mode=VERIFY_CA.',
    })
  const client = await createConnection({
    ...at,
    user,
    password,
    connectTimeout: CONNECT_MS,
    charset: 'utf8mb4',
    ...(tls === undefined ? {} : { ssl: sslOf(tls, named) }),
  })
  // A server that goes away ends the query too, which is what the caller sees.
  client.on('error', () => undefined)
  // Without an sql_mode a backslash escapes, and days such as 0000-00-00 are read as they are.
  await client.query("SET SESSION sql_mode = '', SESSION time_zone = '+00:00'")
  await client.query('SET SESSION TRANSACTION READ ONLY')
  await limitStatements(client, statementMs)
  return client
}

const sslOf = ({ checkServerIdentity: _by, ...pems }: NonNullable<Security['tls']>, verifyIdentity: boolean) => ({
  ...pems,
  verifyIdentity,
})

/** MariaDB counts seconds, MySQL milliseconds. https://mariadb.com/kb/en/aborting-statements/ */
async function limitStatements(client: Connection, milliseconds: number): Promise<void> {
  const [rows] = await client.query('SELECT VERSION() AS version')
  const version = String((rows as { version: unknown }[])[0]?.version)
  const isMaria = /mariadb/i.test(version)
  await client.query(
    isMaria
      ? `SET SESSION max_statement_time = ${milliseconds / 1000}`
      : `SET SESSION max_execution_time = ${milliseconds}`,
  )
}
