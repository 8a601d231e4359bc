import { createHash } from 'node:crypto'

/** Ours alone, drawn once. */
const NAMESPACE = Buffer.from('6f0f3c5b8d1e4b7a9c2d51e07a4be3d6', 'hex')

/** Where consumers find the id of a row's message. */
export const EVENT_ID_HEADER = 'x-event-id'

/** The same id for the same row in the same version, whoever sends it and how often: a UUID of version 5 (RFC 9562, 5.5) of table, key and version. */
export function eventId({ table, key, version }: Readonly<Record<'table' | 'key' | 'version', string>>): string {
  const name = JSON.stringify([table, key, version])
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16)
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x50, 6)
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
