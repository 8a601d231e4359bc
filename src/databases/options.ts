import type { DatabaseAddress } from '../core/address/database.js'
import type { Credentials } from '../core/address.js'

/** TLS of a connection, with PEM text. */
export type DatabaseSecurity = {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

/** How to reach a database. */
export type DatabaseOptions = {
  readonly address: DatabaseAddress
  readonly credentials: Credentials
  /** Of a named database, instead of what its address says. */
  readonly tls?: true | DatabaseSecurity
  /** A page that takes longer is given up; absent: 30 s. */
  readonly statementMs?: number
}

/** A page that takes longer is given up, and tried smaller. Milliseconds. */
export const STATEMENT_MS = 30_000
/** A count that takes longer is left open: nothing takes longer than 15 s to say no. Milliseconds. */
export const COUNT_MS = 5_000
export const CONNECT_MS = 10_000
