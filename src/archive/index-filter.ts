import { isUtf8 } from 'node:buffer'
import { literal } from './duckdb.js'

/** Which messages; all that is given must hold. Times are milliseconds since the epoch, ranges half-open. */
export type IndexFilter = {
  readonly ids?: readonly string[]
  readonly keys?: readonly Buffer[]
  readonly from?: number
  readonly to?: number
  readonly lane?: string
  readonly marks?: { readonly from: bigint | number; readonly to: bigint | number }
  readonly limit?: number
}

/** A filter as WHERE of SQL; empty where all fit. Pure. */
export function where(filter: IndexFilter, system: 'kafka' | 'rabbitmq' | undefined): string {
  const terms = [...conditions(filter), ...(system === 'kafka' ? places(filter.ids) : [])]
  return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`
}

const list = (texts: readonly string[]): string => `(${texts.map(literal).join(', ')})`

function conditions({ ids, keys, from, to, lane, marks }: IndexFilter): readonly string[] {
  return [
    ...(ids === undefined ? [] : [ids.length === 0 ? 'false' : `id IN ${list(ids)}`]),
    ...(keys === undefined ? [] : [keysAre(keys)]),
    ...(from === undefined ? [] : [`timestamp >= ${from}`]),
    ...(to === undefined ? [] : [`timestamp < ${to}`]),
    ...(lane === undefined ? [] : [`lane = ${literal(lane)}`]),
    ...(marks === undefined ? [] : [`mark >= ${marks.from} AND mark < ${marks.to}`]),
  ]
}

function keysAre(keys: readonly Buffer[]): string {
  const texts = keys.filter(isUtf8).map(key => key.toString())
  const others = keys.filter(key => !isUtf8(key)).map(key => key.toString('base64'))
  const either = [
    ...(texts.length === 0 ? [] : [`key IN ${list(texts)}`]),
    ...(others.length === 0 ? [] : [`key_base64 IN ${list(others)}`]),
  ]
  return either.length === 0 ? 'false' : `(${either.join(' OR ')})`
}

/** Offsets of ids: marks are numbers that ascend, so that most of the file need not be looked at. */
function places(ids: readonly string[] | undefined): readonly string[] {
  const offsets = ids?.map(id => /\/(\d{1,19})$/.exec(id)?.[1])
  if (offsets === undefined || offsets.length === 0 || offsets.includes(undefined)) return []
  return [`mark IN (${offsets.join(', ')})`]
}
