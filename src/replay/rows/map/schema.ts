import { z } from 'zod'
import { parseTemplate, referencesIn } from './template.js'

const says = (message: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is missing' : message),
})

/** What is wrong with a text; undefined where nothing is. `varies`: it must not be the same for every row. Pure. */
export function problemOfText(text: string, varies = false): string | undefined {
  try {
    const { length } = referencesIn(parseTemplate(text))
    if (length > 0 || !varies) return undefined
  } catch (error) {
    if (error instanceof TypeError) return error.message
    throw error
  }
  const hint = /^\w+$/.test(text) ? `write \${${text}} for the column` : 'write ${COLUMN} for what a row has'
  return `is the same for every row: ${hint}`
}

const textThat = (varies: boolean) =>
  z.string(says('must be text: put it in quotes')).superRefine((text, context) => {
    const message = problemOfText(text, varies)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

const text = textThat(false)
const varying = textThat(true)
const name = z.string(says('must be a name')).min(1, says('must be a name'))

const oneOf = <T extends object>(value: T, context: z.RefinementCtx<T>): void => {
  const given = Object.keys(value)
  if (given.length === 1) return
  const found = given.length === 0 ? 'is empty' : `has ${given.join(' and ')}`
  context.addIssue({ code: 'custom', message: `${found}: give one of json, text, column, row` })
}

const body = z
  .strictObject(
    {
      /** Checked leaf by leaf. */
      json: z.unknown().optional(),
      text: text.optional(),
      column: name.optional(),
      row: z.literal(true, says('must be true')).optional(),
    },
    says('must be one of {json: …}, {text: …}, {column: NAME}, {row: true}'),
  )
  .superRefine(oneOf)

/** A mapping file; `eventId` has its own forms. */
export const mappingFile = z.strictObject(
  {
    key: varying.nullable().optional(),
    headers: z.record(z.string(), text, says('must be NAME: text')).optional(),
    body: body.optional(),
    contentType: text.optional(),
    timestamp: varying.optional(),
    eventId: z.unknown().optional(),
    version: varying.optional(),
    eventIdHeader: name.nullable().optional(),
    routingKey: text.optional(),
  },
  says('must be a list of names with values: key, headers, body …'),
)

export const eventIdText = varying

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const eventIdColumns = z.strictObject({
  columns: z.array(name, says('must be a list of columns')).min(1, says('must name a column')),
})

export const eventIdNamed = z.strictObject({
  namespace: z.string(says('must be a UUID')).regex(UUID, says('must be a UUID')),
  name: varying,
})
