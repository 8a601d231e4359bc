import { UserError } from '../../errors.js'
import { type DatabaseAddress, type DatabasePlace, formatDatabase, parseDatabase } from './database.js'
import type { Credentials } from './parts.js'

/** Where rows are read: a database, one that spillway.yaml names, or a file. */
export type RowsAddress =
  | DatabaseAddress
  | { readonly kind: 'named'; readonly cluster: string }
  | { readonly kind: 'file'; readonly path: string }

/** The same, with the credentials that stood in its address. */
export type RowsPlace = { readonly address: RowsAddress; readonly credentials?: Credentials }

const FILE = /^file:/i
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/** Reads the address of a database, or `file:PATH`; undefined for any other text. Throws UserError; the message shows no password. */
export function parseRows(text: string): RowsPlace | undefined {
  const [scheme] = FILE.exec(text) ?? []
  if (scheme === undefined) return parseDatabase(text)
  const path = text.slice(scheme.length)
  if (path !== '') return { address: { kind: 'file', path } }
  throw new UserError('file: names no file', { hint: 'Write file:PATH: CSV, NDJSON or Parquet by its ending.' })
}

/** As `parseRows`, and a NAME alone is a database of spillway.yaml. */
export const parseRowsOrName = (text: string): RowsPlace | undefined =>
  parseRows(text) ?? (NAME.test(text) ? { address: { kind: 'named', cluster: text } } : undefined)

/** The place where that is a database whose address is known. */
export function asDatabase({ address, ...login }: RowsPlace): DatabasePlace | undefined {
  return address.kind === 'postgres' || address.kind === 'mysql' ? { address, ...login } : undefined
}

/** As text that can be typed again; never with credentials. */
export function formatRows(address: RowsAddress): string {
  if (address.kind === 'file') return `file:${address.path}`
  return address.kind === 'named' ? address.cluster : formatDatabase(address)
}
