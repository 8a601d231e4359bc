import { hash } from 'node:crypto'
import { putPlain } from './json-bytes.js'

/** Ours alone, drawn once. */
const NAMESPACE = '6f0f3c5b-8d1e-4b7a-9c2d-51e07a4be3d6'

/** Where consumers find the id of a row's message. */
export const EVENT_ID_HEADER = 'x-event-id'

const SPACE_BYTES = 16
/** Reused, because millions are made: a namespace and a name stand side by side here while they are summed. */
const scratch = Buffer.alloc(4096)
let standing = ''
/** Beginnings of it by their lengths. */
const views: Buffer[] = []
const made = Buffer.alloc(36)
const [OPEN, CLOSE, QUOTE, COMMA, DASH] = [0x5b, 0x5d, 0x22, 0x2c, 0x2d]

/** A UUID of version 5 (RFC 9562, 5.5) of a name; `namespace` is a UUID too. Pure. */
export function namedUuid(name: string, namespace: string): string {
  if (SPACE_BYTES + 3 * name.length > scratch.length)
    return uuidOf(hash('sha1', Buffer.concat([spaceOf(namespace), Buffer.from(name)])))
  return summed(namespace, SPACE_BYTES + scratch.write(name, SPACE_BYTES))
}

/** Of what stands in the scratch buffer up to `end`, behind the namespace. */
function summed(namespace: string, end: number): string {
  if (namespace !== standing) spaceOf(namespace).copy(scratch)
  standing = namespace
  views[end] ??= scratch.subarray(0, end)
  return uuidOf(hash('sha1', views[end] as Buffer))
}

const spaceOf = (namespace: string): Buffer => Buffer.from(namespace.replaceAll('-', ''), 'hex')

/** The first 128 bits, but for version and variant. */
function uuidOf(hex: string): string {
  for (let from = 0, to = 0; from < 32; from++) {
    if (from === 8 || from === 12 || from === 16 || from === 20) made[to++] = DASH
    made[to++] = hex.charCodeAt(from)
  }
  made[14] = 0x35
  made[19] = '89ab'.charCodeAt(Number.parseInt(hex.charAt(16), 16) & 3)
  return made.toString('latin1')
}

/** Writes the JSON of three texts, where that is the texts in quotes; -1 where it is more. */
function putThree(table: string, key: string, version: string): number {
  scratch[SPACE_BYTES] = OPEN
  let at = putQuoted(SPACE_BYTES + 1, table)
  if (at > 0) scratch[at++] = COMMA
  if (at > 0) at = putQuoted(at, key)
  if (at > 0) scratch[at++] = COMMA
  if (at > 0) at = putQuoted(at, version)
  if (at > 0) scratch[at++] = CLOSE
  return at
}

function putQuoted(at: number, text: string): number {
  const end = putPlain(scratch, at + 1, text)
  if (end < 0) return -1
  scratch[at] = QUOTE
  scratch[end] = QUOTE
  return end + 1
}

/** The same id for the same row, whoever sends it and how often: of a table and what tells the row, in this order. Pure. */
export const rowId = (table: string, parts: readonly (string | null)[]): string =>
  namedUuid(JSON.stringify([table, ...parts]), NAMESPACE)

/** The id of a row in a version: a UUID of version 5 of table, key and version. Pure. */
export function eventId({ table, key, version }: Readonly<Record<'table' | 'key' | 'version', string>>): string {
  const end = putThree(table, key, version)
  return end > 0 ? summed(NAMESPACE, end) : rowId(table, [key, version])
}
