import type { z } from 'zod'
import { suggestion } from '../core/did-you-mean.js'
import type { Detail } from '../errors.js'
import type { Path, SettingsText } from './yaml.js'

/** Where a value stands that was checked. */
export type Place = {
  readonly schema: z.ZodType
  readonly path: Path
  readonly file: Pick<SettingsText, 'where'>
}

/** One problem of a check in words: its path, its line, and what an unknown key was probably meant to be. Pure. */
export const describeIssue = (issue: z.core.$ZodIssue, { schema, path, file }: Place): Detail[] => {
  const at = [...path, ...issue.path.map(part => (typeof part === 'symbol' ? String(part) : part))]
  if (issue.code !== 'unrecognized_keys') return [{ at: file.where(at), message: issue.message }]
  const known = knownKeys(schema, issue.path)
  return issue.keys.map(key => ({
    at: file.where([...at, key]),
    message: `unknown key "${key}". ${suggestion(key, known, 'keys')}`,
  }))
}

/** The keys that an object schema knows at a path inside it. */
const knownKeys = (schema: z.ZodType, path: readonly PropertyKey[]): string[] => {
  let inner: unknown = schema
  for (const part of path) inner = shapeOf(inner)?.[String(part)]
  return Object.keys(shapeOf(inner) ?? {})
}

const shapeOf = (schema: unknown): Record<string, unknown> | undefined => {
  if (typeof schema !== 'object' || schema === null) return undefined
  if ('shape' in schema) return schema.shape as Record<string, unknown>
  return 'unwrap' in schema && typeof schema.unwrap === 'function' ? shapeOf(schema.unwrap()) : undefined
}
