/** A member of a JSON object: its name, and its value as it stands there, digit by digit. */
export type Member = { readonly name: string; readonly raw: string }

const OTHER = /[^\s,[\]{}":]+/y
const SPACE = /\s*/y

/** The members of an object at the top. Throws SyntaxError for what is no JSON object. Pure. */
export function membersOf(text: string): Member[] {
  const members: Member[] = []
  let at = expect(text, skip(text, 0), '{')
  if (text[skip(text, at)] === '}') return members
  for (;;) {
    const start = skip(text, at)
    const end = stringEnd(text, start)
    const from = skip(text, expect(text, skip(text, end), ':'))
    const to = valueEnd(text, from)
    members.push({ name: JSON.parse(text.slice(start, end)), raw: text.slice(from, to) })
    at = skip(text, to)
    if (text[at] === '}') return members
    at = expect(text, at, ',')
  }
}

function valueEnd(text: string, from: number): number {
  const first = text[from]
  if (first === '"') return stringEnd(text, from)
  if (first !== '{' && first !== '[') return matched(text, from, OTHER)
  let [at, depth] = [from, 0]
  do {
    const here = text[at]
    if (here === undefined) throw new SyntaxError('a value has no end')
    if (here === '{' || here === '[') depth++
    else if (here === '}' || here === ']') depth--
    at = here === '"' ? stringEnd(text, at) : at + 1
  } while (depth > 0)
  return at
}

/** By hand: a pattern that repeats a choice runs out of its stack in a string of 20 MB. */
function stringEnd(text: string, from: number): number {
  if (text[from] !== '"') throw new SyntaxError(`no text at ${from}`)
  for (let at = from + 1; ; ) {
    const quote = text.indexOf('"', at)
    if (quote < 0) throw new SyntaxError('a text has no end')
    let before = quote
    while (text[before - 1] === '\\') before--
    if ((quote - before) % 2 === 0) return quote + 1
    at = quote + 1
  }
}

const skip = (text: string, from: number): number => matched(text, from, SPACE)

function expect(text: string, at: number, character: string): number {
  if (text[at] === character) return at + 1
  throw new SyntaxError(`"${character}" is missing at ${at}`)
}

function matched(text: string, from: number, pattern: RegExp): number {
  pattern.lastIndex = from
  if (pattern.exec(text) === null) throw new SyntaxError(`no value at ${from}`)
  return pattern.lastIndex
}
