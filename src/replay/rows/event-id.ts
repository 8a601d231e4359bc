import { hash } from 'node:crypto'

/** Ours alone, drawn once. */
const NAMESPACE = '6f0f3c5b-8d1e-4b7a-9c2d-51e07a4be3d6'

/** Where consumers find the id of a row's message. */
export const EVENT_ID_HEADER = 'x-event-id'

const SPACE_BYTES = 16
/** Reused, because millions are made: a namespace and a name stand side by side here while they are summed. */
const scratch = Buffer.alloc(4096)
let standing = ''

/** A UUID of version 5 (RFC 9562, 5.5) of a name; `namespace` is a UUID too. Pure. */
export function namedUuid(name: string, namespace: string): string {
  const hex = hash(
    'sha1',
    SPACE_BYTES + 3 * name.length > scratch.length ? whole(name, namespace) : put(name, namespace),
  )
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function put(name: string, namespace: string): Buffer {
  if (namespace !== standing) spaceOf(namespace).copy(scratch)
  standing = namespace
  return scratch.subarray(0, SPACE_BYTES + scratch.write(name, SPACE_BYTES))
}

const whole = (name: string, namespace: string): Buffer => Buffer.concat([spaceOf(namespace), Buffer.from(name)])

const spaceOf = (namespace: string): Buffer => Buffer.from(namespace.replaceAll('-', ''), 'hex')

/** The same id for the same row, whoever sends it and how often: of a table and what tells the row, in this order. Pure. */
export const rowId = (table: string, parts: readonly (string | null)[]): string =>
  namedUuid(JSON.stringify([table, ...parts]), NAMESPACE)

/** The id of a row in a version: a UUID of version 5 of table, key and version. Pure. */
export const eventId = ({ table, key, version }: Readonly<Record<'table' | 'key' | 'version', string>>): string =>
  rowId(table, [key, version])
