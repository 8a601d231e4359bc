import type { CommandText, Problem } from './runbook.js'

/** A place for a value: `${name}` in lower case with hyphens. `$HOME`, `${HOME}` and `${x:-y}` belong to the shell. */
const PLACE = /\$\{([a-z][a-z0-9-]*)\}/y

/** All places of a text that is no command. */
export const PLACES = /\$\{([a-z][a-z0-9-]*)\}/g

type Quote = 'none' | 'single' | 'double' | 'escaped' | 'back' | 'comment'

const INSIDE: Readonly<Record<Exclude<Quote, 'none' | 'comment'>, string>> = {
  single: 'inside quotes',
  double: 'inside quotes',
  escaped: 'inside quotes',
  back: 'inside backticks',
}

/**
 * Splits a command at its places. A value is quoted when it is filled in, and that holds only outside of quotes, backticks and
 * here-documents: a place inside one is a problem.
 */
export function parseCommand(text: string, line: number): { command: CommandText; problems: Problem[] } {
  const problems: Problem[] = []
  const pieces: string[] = []
  const names: string[] = []
  let quote: Quote = 'none'
  let from = 0
  for (let at = 0; at < text.length; ) {
    PLACE.lastIndex = at
    const place = quote === 'comment' || text[at - 1] === '\\' ? null : PLACE.exec(text)
    if (place === null) {
      const next = step(quote, text, at)
      quote = next.quote
      at += next.length
      continue
    }
    if (quote !== 'none' && quote !== 'comment') problems.push(insideQuote(text, at, { line, name: place[0], quote }))
    pieces.push(text.slice(from, at))
    names.push(place[1] ?? '')
    at += place[0].length
    from = at
  }
  pieces.push(text.slice(from))
  if (names.length > 0 && /<<-?\s*["'\\]?\w/.test(text))
    problems.push({ line, message: 'a here-document and ${…} in one command: give the value as an argument instead' })
  return { command: { line, pieces, names }, problems }
}

/** How many characters to go on, and in which quotes it is then. */
function step(quote: Quote, text: string, at: number): { quote: Quote; length: number } {
  const char = text[at] ?? ''
  if (char === '\\' && quote !== 'single' && quote !== 'comment') return { quote, length: 2 }
  switch (quote) {
    case 'none':
      return opened(text, at)
    case 'comment':
      return { quote: char === '\n' ? 'none' : quote, length: 1 }
    case 'single':
    case 'escaped':
      return { quote: char === "'" ? 'none' : quote, length: 1 }
    case 'double':
      return { quote: char === '"' ? 'none' : quote, length: 1 }
    case 'back':
      return { quote: char === '`' ? 'none' : quote, length: 1 }
    default:
      return quote satisfies never
  }
}

function opened(text: string, at: number): { quote: Quote; length: number } {
  const char = text[at] ?? ''
  if (char === '$' && text[at + 1] === "'") return { quote: 'escaped', length: 2 }
  if (char === "'") return { quote: 'single', length: 1 }
  if (char === '"') return { quote: 'double', length: 1 }
  if (char === '`') return { quote: 'back', length: 1 }
  if (char === '#' && /^$|[\s;|&(]/.test(text[at - 1] ?? '')) return { quote: 'comment', length: 1 }
  return { quote: 'none', length: 1 }
}

type Inside = { line: number; name: string; quote: Exclude<Quote, 'none' | 'comment'> }

const insideQuote = (text: string, at: number, { line, name, quote }: Inside): Problem => ({
  line: line + text.slice(0, at).split('\n').length - 1,
  message: `${name} stands ${INSIDE[quote]}: take them away, the value is quoted by itself`,
})

/** A value as it is filled in: one word, or several. */
export type Value = string | readonly string[]

/** The command with its values, quoted; `${name}` stays where the value is not known yet. */
export const fillCommand = (
  { pieces, names }: CommandText,
  values: ReadonlyMap<string, Value>,
  quote: (word: string) => string,
): string =>
  pieces
    .map((piece, i) => {
      const name = names[i]
      if (name === undefined) return piece
      const value = values.get(name)
      if (value === undefined) return `${piece}\${${name}}`
      return piece + (typeof value === 'string' ? quote(value) : value.map(quote).join(' '))
    })
    .join('')
    .replace(/ +$/gm, '')

/** The command as it is written. */
export const writtenCommand = (command: CommandText): string => fillCommand(command, new Map(), word => word)
