import { UserError } from '../errors.js'

const WORD = /\s*((?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+)\s*/y
const PART = /\\([\s\S])|"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'|([^\s"'\\]+)/g

/**
 * Splits a text into words as a POSIX shell does (quotes and backslashes), without expanding anything: `;`, `$` and `*` are letters like
 * any other. Throws a UserError where a quote is left open.
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = []
  for (let at = 0; text.slice(at).trim() !== ''; ) {
    WORD.lastIndex = at
    const found = WORD.exec(text)
    if (found === null) throw new UserError(`"${text}" has a quote that is not closed`, { hint: 'Close it.' })
    words.push(unquote(found[1] ?? ''))
    at = WORD.lastIndex
  }
  return words
}

// Within double quotes a backslash escapes only these four (POSIX Shell Command Language 2.2.3).
const unquote = (word: string): string =>
  word.replace(PART, (_whole, escaped?: string, double?: string, single?: string, plain?: string) =>
    double === undefined ? (escaped ?? single ?? plain ?? '') : double.replace(/\\([$`"\\])/g, '$1'),
  )
