import { UserError } from '../errors.js'
import type { Condition, JsonPath } from './runbook.js'

const FORMS =
  'Write `exit 0`, `matches /PATTERN/`, `.PATH is VALUE`, `.PATH is not VALUE`, `.PATH at least N` or `.PATH is empty`.'

/** Reads one condition; code marks (backticks) are only for the eye. Throws a UserError. */
export function parseCondition(written: string, line: number): Condition {
  const text = written.replaceAll('`', '').trim()
  const base = { text, line }
  const exit = /^exit (\d+(?: or \d+)*)$/.exec(text)
  if (exit) return { ...base, kind: 'exit', codes: (exit[1] ?? '').split(' or ').map(Number) }
  const matches = /^matches \/(.+)\/([imsu]*)$/.exec(text)
  if (matches) return { ...base, kind: 'matches', pattern: patternOf(matches[1] ?? '', matches[2] ?? '') }
  const empty = /^(\.(?:\["[^"]+"\]|\S)+) is (not )?empty$/.exec(text)
  if (empty) return { ...base, kind: 'empty', path: parsePath(empty[1] ?? ''), not: empty[2] !== undefined }
  const compare = /^(\.(?:\["[^"]+"\]|\S)+) (is not|is|at least|at most) (.+)$/.exec(text)
  if (!compare) throw new UserError(`"${text}" is not a condition`, { hint: FORMS })
  const [, path = '', how, value = ''] = compare
  return { ...base, kind: 'compare', path: parsePath(path), how: how as 'is', value: value.replace(/^"(.*)"$/, '$1') }
}

function patternOf(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UserError(error.message, { hint: 'Mend the pattern between the slashes.' })
  }
}

/** Reads `.a.b[0]["c d"]`. Throws a UserError. */
export function parsePath(text: string): JsonPath {
  const path: (string | number)[] = []
  const part = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\["([^"]+)"\]/y
  while (part.lastIndex < text.length) {
    const found = part.exec(text)
    if (!found)
      throw new UserError(`"${text}" is not a path`, { hint: 'Write .field, .field.inner or .list[0].field.' })
    path.push(found[2] === undefined ? (found[1] ?? found[3] ?? '') : Number(found[2]))
  }
  return path
}
