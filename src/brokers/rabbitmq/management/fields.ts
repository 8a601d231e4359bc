import { isRecord, type JsonRecord } from '../../../core/revive.js'

/** A field that is text; undefined for anything else. */
export const textOf = (record: JsonRecord, name: string): string | undefined => {
  const value = record[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A field that is a finite number; undefined for anything else (the server writes `"undefined"` or leaves it out). */
export const numberOf = (record: JsonRecord, name: string): number | undefined => {
  const value = record[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A field that is a whole number, as a bigint. */
export const wholeOf = (record: JsonRecord, name: string): bigint | undefined => {
  const value = numberOf(record, name)
  return value === undefined ? undefined : BigInt(Math.round(value))
}

/** A field that is true or false. */
export const flagOf = (record: JsonRecord, name: string): boolean | undefined => {
  const value = record[name]
  return typeof value === 'boolean' ? value : undefined
}

/** A field that is an object; an empty one for anything else (the server writes `[]` for an empty object at times). */
export const recordOf = (record: JsonRecord, name: string): JsonRecord => {
  const value = record[name]
  return isRecord(value) ? value : {}
}

/** A field that is a list of objects. */
export const recordsOf = (record: JsonRecord, name: string): readonly JsonRecord[] => listOf(record[name])

/** A list of objects; what is no object in it is left out. */
export const listOf = (value: unknown): readonly JsonRecord[] => (Array.isArray(value) ? value.filter(isRecord) : [])

/** A field that is a list of texts. */
export const textsOf = (record: JsonRecord, name: string): readonly string[] | undefined => {
  const value = record[name]
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : undefined
}
