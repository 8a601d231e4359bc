import type { Condition, JsonPath } from './runbook.js'

/** How a command ended and what it printed on standard output. */
export type Ended = { readonly exitCode: number; readonly stdout: string }

/** Whether a condition holds, and what was seen instead. */
export type Verdict = { readonly condition: string; readonly holds: boolean; readonly seen: string }

/** Judges all conditions; exit 0 is one of them unless another exit code is written. Pure. */
export function judge(conditions: readonly Condition[], ended: Ended): readonly Verdict[] {
  const exits = conditions.some(({ kind }) => kind === 'exit')
  const own: Condition[] = exits ? [] : [{ kind: 'exit', codes: [0], text: 'exit 0', line: 0 }]
  return [...own, ...conditions].map(condition => ({ condition: condition.text, ...verdictOn(condition, ended) }))
}

type Seen = { readonly holds: boolean; readonly seen: string }

function verdictOn(condition: Condition, ended: Ended): Seen {
  switch (condition.kind) {
    case 'exit':
      return { holds: condition.codes.includes(ended.exitCode), seen: `exit ${ended.exitCode}` }
    case 'matches':
      return condition.pattern.test(ended.stdout)
        ? { holds: true, seen: 'it does' }
        : { holds: false, seen: 'the output has no such text' }
    case 'empty':
    case 'compare': {
      const found = valueAt(ended.stdout, condition.path)
      if ('missing' in found) return { holds: false, seen: found.missing }
      const holds =
        condition.kind === 'empty' ? isEmpty(found.value) !== condition.not : compares(condition, found.value)
      return { holds, seen: `it is ${shown(found.value)}` }
    }
    default:
      return condition satisfies never
  }
}

/** The value at a path of a JSON text, or why there is none. */
export function valueAt(text: string, path: JsonPath): { value: unknown } | { missing: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { missing: 'the output is not JSON' }
  }
  for (const [depth, part] of path.entries()) {
    const inner = partOf(value, part)
    if (inner === undefined) return { missing: `there is no ${pathText(path.slice(0, depth + 1))}` }
    value = inner
  }
  return { value }
}

function partOf(value: unknown, part: string | number): unknown {
  if (part === 'length' && (Array.isArray(value) || typeof value === 'string')) return value.length
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
  return (value as Record<string | number, unknown>)[part]
}

const pathText = (path: JsonPath): string =>
  path.map(part => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

function compares({ how, value: wanted }: Extract<Condition, { kind: 'compare' }>, value: unknown): boolean {
  const [left, right] = [numberOf(value), numberOf(wanted)]
  const numbers = left !== undefined && right !== undefined
  const same = numbers ? !(left < right) && !(left > right) : plain(value) === wanted
  switch (how) {
    case 'is':
      return same
    case 'is not':
      return !same
    case 'at least':
      return numbers && left >= right
    case 'at most':
      return numbers && left <= right
    default:
      return how satisfies never
  }
}

// Counts beyond 2^53 are decimal strings; whole numbers are compared as such.
function numberOf(value: unknown): number | bigint | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  if (/^-?\d+$/.test(text)) return BigInt(text)
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const shown = (value: unknown): string => {
  const text = JSON.stringify(value)
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}
