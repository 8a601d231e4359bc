const SPACE = /\s*/y
const PLAIN = /[^\s,\]}]+/y

/**
 * The JSON text at a path inside a JSON text, character by character as it stands there, so that numbers keep their digits; undefined where there is
 * none. Of a name that comes twice the last counts, as JSON.parse has it. The text must be JSON. Pure.
 */
export function pickJson(text: string, path: readonly string[]): string | undefined {
  let [from, to] = [0, text.length]
  for (const name of path) {
    const found = childOf(text, pass(SPACE, text, from), name)
    if (found === undefined) return undefined
    from = found.from
    to = found.to
  }
  return text.slice(from, to).trim()
}

type Span = { readonly from: number; readonly to: number }

function childOf(text: string, start: number, name: string): Span | undefined {
  const isArray = text[start] === '['
  if (!isArray && text[start] !== '{') return undefined
  let found: Span | undefined
  let at = pass(SPACE, text, start + 1)
  for (let index = 0; at < text.length && text[at] !== ']' && text[at] !== '}'; index++) {
    let own = String(index)
    if (!isArray) {
      const behind = behindString(text, at)
      own = JSON.parse(text.slice(at, behind)) as string
      // Behind the name there is a colon.
      at = pass(SPACE, text, pass(SPACE, text, behind) + 1)
    }
    const to = behindValue(text, at)
    if (own === name) found = { from: at, to }
    at = pass(SPACE, text, to)
    if (text[at] === ',') at = pass(SPACE, text, at + 1)
  }
  return found
}

function behindValue(text: string, start: number): number {
  if (text[start] === '"') return behindString(text, start)
  if (text[start] !== '{' && text[start] !== '[') return pass(PLAIN, text, start)
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const each = text[at]
    if (each === '"') at = behindString(text, at) - 1
    else if (each === '{' || each === '[') depth++
    else if ((each === '}' || each === ']') && --depth === 0) return at + 1
  }
  return text.length
}

/** By hand: a pattern that repeats a choice runs out of its stack in a string of megabytes. */
function behindString(text: string, start: number): number {
  for (let at = start + 1; ; ) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return text.length
    let before = quote
    while (text[before - 1] === '\\') before--
    if ((quote - before) % 2 === 0) return quote + 1
    at = quote + 1
  }
}

/** Where a pattern that stands at `at` ends; `at` where it does not. */
function pass(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}
