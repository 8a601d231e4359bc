import type { Row } from './tables.js'

/** One message as a client that is not ours read it; `strand` is its partition, or its queue. */
export type Seen = { readonly strand: string; readonly key: string; readonly value: string }

export type Judgement = {
  readonly problems: readonly string[]
  /** Messages beyond the first of each row. */
  readonly twice: number
}

/** Compares what was read with what was in the table: nothing may be missing, foreign or changed; the first of each row come in order. Pure. */
export function judge(seen: readonly Seen[], rows: readonly Row[], { order }: { readonly order: boolean }): Judgement {
  const places = new Map(rows.map(({ id, note }, place) => [String(id), { place, note }]))
  const [found, last] = [new Set<string>(), new Map<string, number>()]
  const [foreign, late] = [[] as string[], [] as string[]]
  for (const { strand, key, value } of seen) {
    const row = places.get(key)
    if (row === undefined || JSON.parse(value).note !== row.note) foreign.push(key)
    else if (!found.has(key)) {
      if ((last.get(strand) ?? -1) > row.place) late.push(key)
      last.set(strand, row.place)
      found.add(key)
    }
  }
  const lost = [...places.keys()].filter(key => !found.has(key))
  return {
    twice: seen.length - foreign.length - found.size,
    problems: [
      ...some('LOST', lost),
      ...some('changed or foreign', foreign),
      ...(order ? some('out of order', late) : []),
    ],
  }
}

const some = (what: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${what} ${names.length}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`]
