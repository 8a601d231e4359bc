import { Client, type FieldDef } from 'pg'
import pgpass from 'pgpass'
import type { DatabaseServer } from '../core/address/database.js'
import type { RowsServer } from '../replay/rows/ports.js'
import { CONNECT_MS, type DatabaseOptions, STATEMENT_MS } from './options.js'
import { type Security, securityOf } from './security.js'
import { type Found, firstFit } from './servers.js'

export type Answer = {
  readonly fields: readonly FieldDef[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** Values as the server writes them. */
export const AS_TEXT = { getTypeParser: () => (text: string) => text } as never

/** A session of PostgreSQL that can only read; one connection, made anew after a fault. Every value comes in the server's own text. */
export class PostgresSession implements AsyncDisposable {
  readonly #options: DatabaseOptions
  #found: Found<Client> | undefined

  constructor(options: DatabaseOptions) {
    this.#options = options
  }

  /** Throws what pg throws. */
  async ask(text: string, values: readonly string[] = []): Promise<Answer> {
    const { client } = await this.#connected()
    return client.query({ text, values: [...values], rowMode: 'array', types: AS_TEXT }) as Promise<Answer>
  }

  /** Another timeout for statements from now on; the usual one where none is given. Milliseconds. */
  async limit(milliseconds = this.#options.statementMs ?? STATEMENT_MS): Promise<void> {
    await this.ask(`SET statement_timeout = ${milliseconds}`)
  }

  /** Which server is read. */
  async server(): Promise<RowsServer> {
    return (await this.#connected()).server
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const found = this.#found
    this.#found = undefined
    // What has failed already fails again when it says goodbye; the socket is closed either way.
    await found?.client.end().catch(() => undefined)
  }

  async #connected(): Promise<Found<Client>> {
    this.#found ??= await found(this.#options)
    return this.#found
  }
}

/** A session that can only read, in UTC, at the server that fits. Throws what pg throws. */
export const connected = async (options: DatabaseOptions): Promise<Client> => (await found(options)).client

const found = (options: DatabaseOptions): Promise<Found<Client>> =>
  firstFit(options.address, {
    connect: server => secured(options, server),
    isReplica: async client => (await client.query('SELECT pg_is_in_recovery() AS is')).rows[0]?.is === true,
    close: client => client.end(),
  })

async function secured(options: DatabaseOptions, server: DatabaseServer): Promise<Client> {
  const security = await securityOf(options)
  try {
    return await dial(options, server, security.tls)
  } catch (error) {
    if (!security.orPlain || !isWithoutTls(error)) throw error
    return dial(options, server, undefined)
  }
}

/** Empty where there is none: the answer of pg or of the server says so. */
const passwordFromFile = (place: Parameters<typeof pgpass>[0]): Promise<string> =>
  new Promise(resolve => pgpass(place, password => resolve(password ?? '')))

/** pg knows no code for it. */
const isWithoutTls = (error: unknown): boolean =>
  error instanceof Error && error.message === 'The server does not support SSL connections'

async function dial(options: DatabaseOptions, server: DatabaseServer, tls: Security['tls']): Promise<Client> {
  const { address, credentials, statementMs = STATEMENT_MS } = options
  const host = server.host.replace(/^\[|\]$/g, '')
  const place = { host, port: server.port, database: address.database, user: credentials.username }
  const client = new Client({
    ...place,
    password: credentials.password ?? (() => passwordFromFile(place)),
    // pg gives no name where the host is a number.
    ssl: tls === undefined ? false : { ...tls, checkServerIdentity: (_, cert) => tls.checkServerIdentity(host, cert) },
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'spillway replay',
    // The client's own patience, for a server that has gone silent.
    query_timeout: statementMs + CONNECT_MS,
    options: `-c default_transaction_read_only=on -c statement_timeout=${statementMs} -c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601 -c extra_float_digits=1`,
  })
  // A server that goes away ends the query too, which is what the caller sees.
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    // Else a server that waits for a password keeps the socket, and this process, for a minute.
    client.end().catch(() => undefined)
    throw error
  }
  return client
}
