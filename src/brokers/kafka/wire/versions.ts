import { check } from '../errors.js'
import type { Wire } from '../link.js'
import { Reader } from './reader.js'

/** Api key to lowest and highest version. */
export type ApiVersions = ReadonlyMap<number, readonly [min: number, max: number]>

const API_VERSIONS = { api: 18, version: 0, name: 'ApiVersions' }

/** ApiVersions v0: the one request that every broker answers before authentication. */
export async function askVersions(wire: Wire): Promise<ApiVersions> {
  const reader = new Reader(await wire.ask(API_VERSIONS, []))
  check(reader.i16(), { doing: 'Asking for api versions' })
  return new Map(reader.array(r => [r.i16(), [r.i16(), r.i16()]] as const))
}
