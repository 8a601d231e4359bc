import { createHash } from 'node:crypto'

/** Ours alone, drawn once. */
const NAMESPACE = '6f0f3c5b-8d1e-4b7a-9c2d-51e07a4be3d6'

/** Where consumers find the id of a row's message. */
export const EVENT_ID_HEADER = 'x-event-id'

/** A UUID of version 5 (RFC 9562, 5.5) of a name; `namespace` is a UUID too. Pure. */
export function namedUuid(name: string, namespace: string): string {
  const space = Buffer.from(namespace.replaceAll('-', ''), 'hex')
  const bytes = createHash('sha1').update(space).update(name).digest().subarray(0, 16)
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x50, 6)
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The same id for the same row, whoever sends it and how often: of a table and what tells the row, in this order. Pure. */
export const rowId = (table: string, parts: readonly (string | null)[]): string =>
  namedUuid(JSON.stringify([table, ...parts]), NAMESPACE)

/** The id of a row in a version: a UUID of version 5 of table, key and version. Pure. */
export const eventId = ({ table, key, version }: Readonly<Record<'table' | 'key' | 'version', string>>): string =>
  rowId(table, [key, version])
