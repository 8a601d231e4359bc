import { LineCounter, parseDocument } from 'yaml'
import { UserError } from '../errors.js'

export type Path = readonly (string | number)[]

/** A settings file after parsing; `where` names a path in it with its line, as `clusters.prod.tls (line 4)`. */
export type SettingsText = {
  readonly path: string
  readonly value: unknown
  readonly where: (at: Path) => string
}

/** Parses YAML. Throws a UserError with every syntax error and its line. */
export const parseSettings = (path: string, text: string): SettingsText => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0)
    throw syntaxError(
      path,
      text,
      document.errors.map(error => ({
        at: `line ${lines.linePos(error.pos[0]).line}`,
        message: error.message,
      })),
    )
  const lineOf = (at: Path): number | undefined => {
    for (let length = at.length; length > 0; length--) {
      const node: unknown = document.getIn(at.slice(0, length), true)
      const range =
        typeof node === 'object' && node !== null && 'range' in node ? (node.range as number[] | null) : null
      if (range?.[0] !== undefined) return lines.linePos(range[0]).line
    }
    return undefined
  }
  const where = (at: Path): string => {
    const line = lineOf(at)
    return `${at.join('.')}${line === undefined ? '' : ` (line ${line})`}`
  }
  return { path, value: document.toJS(), where }
}

const syntaxError = (path: string, text: string, details: { at: string; message: string }[]): UserError =>
  new UserError(`${path} is not valid YAML`, {
    code: 'settings',
    hint: text.includes('${') ? 'Inside { } or [ ] put "${NAME}" in quotes.' : 'Check the indentation at that line.',
    details,
  })
