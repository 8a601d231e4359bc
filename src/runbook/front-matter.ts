import { LineCounter, parseDocument } from 'yaml'
import { suggestion } from '../core/did-you-mean.js'
import { isName } from './name.js'
import type { Parameter, Problem } from './runbook.js'

/** What stands between the two `---` lines, and the line behind them. */
export type FrontMatter = {
  readonly title: string
  readonly purpose: string
  readonly parameters: readonly Parameter[]
  readonly problems: readonly Problem[]
  /** Number of lines that it takes. */
  readonly length: number
}

type Fields = Readonly<Record<string, unknown>>
type Report = (path: readonly string[], message: string) => void

const FIELDS = ['title', 'for', 'parameters']
const PARAMETER_FIELDS = ['what', 'default', 'example', 'words']
const NONE = { title: '', purpose: '', parameters: [] }

/** Reads the YAML at the head of a runbook; every problem with its line. */
export function parseFrontMatter(lines: readonly string[]): FrontMatter {
  const end = lines[0] === '---' ? lines.indexOf('---', 1) : -1
  if (end === -1)
    return {
      ...NONE,
      problems: [{ line: 1, message: 'a runbook begins with ---, its title and parameters, and ---' }],
      length: 0,
    }
  const counter = new LineCounter()
  const document = parseDocument(lines.slice(1, end).join('\n'), { lineCounter: counter, prettyErrors: false })
  const lineAt = (offset: number) => counter.linePos(offset).line + 1
  const problems: Problem[] = document.errors.map(error => ({ line: lineAt(error.pos[0]), message: error.message }))
  if (problems.length > 0) return { ...NONE, problems, length: end + 1 }
  const report: Report = (path, message) => problems.push({ line: lineAt(offsetOf(document, path)), message })
  const fields = fieldsOf(document.toJS())
  for (const name of Object.keys(fields)) known([name], FIELDS, report)
  const [title, purpose] = [textOf(['title'], fields.title, report), textOf(['for'], fields.for, report)]
  const parameters = parametersOf(fields.parameters, report)
  return { title: title ?? '', purpose: purpose ?? '', parameters, problems, length: end + 1 }
}

/** Where the value at a path begins; that of the nearest field around it where it is missing. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly string[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true)
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) return node.range[0]
  }
  return 0
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

const known = (path: readonly string[], names: readonly string[], report: Report): void => {
  const name = path.at(-1) ?? ''
  if (!names.includes(name)) report(path, `unknown field "${name}". ${suggestion(name, names, 'fields')}`)
}

const textOf = (path: readonly string[], value: unknown, report: Report): string | undefined => {
  if (typeof value === 'string' && value.trim() !== '') return value.trim()
  report(path, `${path.join('.')} is missing: write it in words`)
  return undefined
}

function parametersOf(value: unknown, report: Report): Parameter[] {
  if (value === undefined || value === null) return []
  if (typeof value !== 'object' || Array.isArray(value)) {
    report(['parameters'], 'parameters is a list of names, each with its fields below it')
    return []
  }
  return Object.entries(value).map(([name, fields]) => parameterOf(name, fieldsOf(fields), report))
}

function parameterOf(name: string, fields: Fields, report: Report): Parameter {
  const path = ['parameters', name]
  if (!isName(name)) report(path, `"${name}" cannot name a parameter: use a-z, 0-9 and -`)
  for (const field of Object.keys(fields)) known([...path, field], PARAMETER_FIELDS, report)
  if (fields.default === undefined && fields.example === undefined)
    report(path, `parameter ${name} needs a default or an example`)
  const words = fields.words ?? false
  if (typeof words !== 'boolean') report([...path, 'words'], 'words is true or false')
  return {
    name,
    what: textOf([...path, 'what'], fields.what, report) ?? '',
    words: words === true,
    ...scalar('default', fields.default),
    ...scalar('example', fields.example),
  }
}

const scalar = (name: 'default' | 'example', value: unknown): { [name in 'default' | 'example']?: string } =>
  value === undefined ? {} : { [name]: value === null ? '' : String(value) }
