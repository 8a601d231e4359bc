/**
 * A pattern of a policy as a test of names. RabbitMQ matches with Erlang's `re:run`, so with PCRE, unanchored and byte by
 * byte (rabbit_policy.erl, `matches`). What both languages share is judged; undefined where this one would judge wrongly
 * or not at all (inline flags in the middle, atomic groups, `\K`, POSIX classes beyond the usual).
 */
export const perlPattern = (pattern: string): ((name: string) => boolean) | undefined => {
  const flags = /^\(\?([is]+)\)/.exec(pattern)
  const body = translated(flags === null ? pattern : pattern.slice(flags[0].length))
  if (body === undefined) return undefined
  try {
    const expression = new RegExp(body, flags?.[1] ?? '')
    return name => expression.test(Buffer.from(name).toString('latin1'))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  '[:alpha:]': 'A-Za-z',
  '[:digit:]': '0-9',
  '[:alnum:]': 'A-Za-z0-9',
  '[:upper:]': 'A-Z',
  '[:lower:]': 'a-z',
  '[:word:]': '\\w',
  '[:space:]': '\\s',
  '[:xdigit:]': '0-9A-Fa-f',
}

/** Escapes that mean the same in both; all others that are letters or digits mean something else, or nothing. */
const SAME = /^\\(?:[dDwWsSbBtnrf]|x[0-9A-Fa-f]{2}|[^A-Za-z0-9])/
const ANCHORS: Readonly<Record<string, string>> = { '\\A': '^', '\\z': '$', '\\Z': '$' }

// Names may hold any UTF-8, and a pattern is matched against its bytes: both go through as latin1.
const translated = (pattern: string): string | undefined => {
  let rest = Buffer.from(pattern).toString('latin1')
  let body = ''
  while (rest !== '') {
    const same = SAME.exec(rest)?.[0]
    const posix = /^\[:\^?\w+:\]/.exec(rest)?.[0]
    const piece = rest.startsWith('\\')
      ? (same ?? ANCHORS[rest.slice(0, 2)])
      : posix === undefined
        ? rest[0]
        : CLASSES[posix]
    if (piece === undefined) return undefined
    body += piece
    rest = rest.slice(same?.length ?? posix?.length ?? (rest.startsWith('\\') ? 2 : 1))
  }
  return body
}
