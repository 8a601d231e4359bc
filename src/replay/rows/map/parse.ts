import type { z } from 'zod'
import type { RowMapping } from '../../../core/row-mapping.js'
import { type Detail, UserError } from '../../../errors.js'
import { describeIssue } from '../../../settings/issues.js'
import { parseSettings, type SettingsText } from '../../../settings/yaml.js'
import { COUNT_HEADER, RUN_HEADER } from '../../loop-guard.js'
import { EVENT_ID_HEADER } from '../event-id.js'
import { eventIdColumns, eventIdNamed, eventIdText, mappingFile, problemOfText } from './schema.js'
import { leavesOf, type MapPath } from './texts.js'

/** A mapping from its file. `where` names a path in it with its line. */
export type ParsedMapping = { readonly mapping: RowMapping; readonly where: (path: MapPath) => string }

/** Reads a mapping in YAML; `path` names it. Throws one UserError with every problem, its path and its line. */
export function parseMapping(path: string, text: string): ParsedMapping {
  const file = parseSettings(path, text)
  const problems = [...checked(mappingFile, file.value, { path: [], file }), ...checkedParts(file)]
  if (problems.length === 0) return { mapping: file.value as RowMapping, where: file.where }
  throw new UserError(`${path} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`, {
    code: 'mapping',
    hint: 'Correct the file; nothing was started. Its words: docs/mapping.md.',
    details: problems,
  })
}

type At = { readonly path: MapPath; readonly file: SettingsText }

function checked(schema: z.ZodType, value: unknown, { path, file }: At): Detail[] {
  const result = schema.safeParse(value)
  return result.success ? [] : result.error.issues.flatMap(issue => describeIssue(issue, { schema, path, file }))
}

/** What has forms of its own, and what must fit together; looked at even where something else is wrong. */
function checkedParts(file: SettingsText): Detail[] {
  const { headers, body, eventId, version, eventIdHeader } = recordOf(file.value)
  const at = (path: MapPath, message: string): Detail => ({ at: file.where(path), message })
  return [
    ...(eventId === undefined ? [] : checked(schemaOf(eventId), eventId, { path: ['eventId'], file })),
    ...('json' in recordOf(body) ? jsonProblems(recordOf(body).json, file) : []),
    ...Object.keys(recordOf(headers)).flatMap(name => {
      const why = taken(name, eventIdHeader ?? EVENT_ID_HEADER)
      return why === undefined ? [] : [at(['headers', name], why)]
    }),
    ...(eventId === undefined || version === undefined
      ? []
      : [at(['version'], 'is part of the event id only where there is no eventId: leave one of them away')]),
  ]
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

function schemaOf(eventId: unknown): z.ZodType {
  if (typeof eventId !== 'object' || eventId === null) return eventIdText
  return 'namespace' in eventId || 'name' in eventId ? eventIdNamed : eventIdColumns
}

function jsonProblems(json: unknown, { where }: SettingsText): Detail[] {
  return [...leavesOf(json, ['body', 'json'])].flatMap(({ path, leaf }) => {
    const message = problemOfLeaf(leaf)
    return message === undefined ? [] : [{ at: where(path), message }]
  })
}

function problemOfLeaf(leaf: unknown): string | undefined {
  if (typeof leaf === 'string') return problemOfText(leaf)
  if (typeof leaf !== 'number') return undefined
  if (!Number.isFinite(leaf)) return 'is no number of JSON'
  // What YAML reads as a double has lost its last digits already.
  return Number.isInteger(leaf) && !Number.isSafeInteger(leaf) ? 'has more digits than a number keeps' : undefined
}

function taken(name: string, eventIdHeader: unknown): string | undefined {
  if (name === RUN_HEADER || name === COUNT_HEADER) return 'is a header that the replay adds by itself'
  return name === eventIdHeader ? `is the header of the event id: choose another eventIdHeader` : undefined
}
