/** What a column can be made into. */
export const FORMS = ['text', 'number', 'json', 'base64', 'hex', 'seconds', 'milliseconds'] as const
export type Form = (typeof FORMS)[number]

/** `${COLUMN}`, `${COLUMN/PATH}` into its JSON, `… as FORM`; `${*}` is the whole row. */
export type Reference = {
  /** As it is written between the braces. */
  readonly written: string
  /** Without the form and the mark of what may be missing. A column of this very name comes before a path. */
  readonly name: string
  /** What is missing in the JSON is NULL instead of a failure. */
  readonly isOptional: boolean
  readonly form?: Form
}

/** A text cut into what is fixed and what comes from the row. */
export type Template = readonly (string | Reference)[]

const PARTS = /\$\$\{|\$\{([^}]*)\}|\$\{/g
const FORM = /\s+as\s+(\S+)\s*$/

/** The whole row as a JSON object. */
export const WHOLE_ROW = '*'

/** Cuts a text; `$${` is a `${` that stays. Throws TypeError, in words, for what is no reference. Pure. */
export function parseTemplate(text: string): Template {
  const parts: (string | Reference)[] = []
  let [at, fixed] = [0, '']
  for (const match of text.matchAll(PARTS)) {
    const [whole, written] = match
    fixed += text.slice(at, match.index)
    at = match.index + whole.length
    if (whole === '$${') fixed += '${'
    else {
      if (written === undefined) throw new TypeError('${ without its }: write ${COLUMN}, or $${ for the two characters')
      if (fixed !== '') parts.push(fixed)
      fixed = ''
      parts.push(parseReference(written))
    }
  }
  fixed += text.slice(at)
  return fixed === '' ? parts : [...parts, fixed]
}

function parseReference(written: string): Reference {
  const form = FORM.exec(written)
  const rest = (form === null ? written : written.slice(0, form.index)).trim()
  const isOptional = rest.endsWith('?')
  const name = isOptional ? rest.slice(0, -1).trim() : rest
  if (name === '') throw new TypeError(`\${${written}} names no column`)
  if (form === null) return { written, name, isOptional }
  const [, asked = ''] = form
  const known = FORMS.find(each => each === asked)
  if (known === undefined) throw new TypeError(`\${${written}}: there is no "as ${asked}", only ${FORMS.join(', ')}`)
  return { written, name, isOptional, form: known }
}

/** What of a template comes from the row. */
export const referencesIn = (template: Template): readonly Reference[] =>
  template.filter((part): part is Reference => typeof part !== 'string')
