import type { Copy } from './witness.js'

/** What a source holds: the digest of each message by its id. */
export type Truth = ReadonlyMap<string, string>

export type Judgement = {
  readonly problems: readonly string[] /** Copies beyond the first of each id. */
  readonly twice: number
}

type Kept = {
  /** Each key's messages are asked to be in one queue, first seen in the order in which they were published. */
  readonly order: boolean
}

/** Compares what was found with what was there: nothing may be missing, foreign or changed. Pure. */
export function judge(found: readonly Copy[], truth: Truth, { order }: Kept): Judgement {
  const seen = new Set(found.map(({ id }) => id))
  const missing = [...truth.keys()].filter(id => !seen.has(id))
  const changed = found.filter(({ id, digest }) => truth.get(id) !== digest)
  return {
    twice: found.length - seen.size,
    problems: [
      ...(missing.length === 0 ? [] : [`LOST ${missing.length}: ${some(missing)}`]),
      ...(changed.length === 0 ? [] : [`changed or foreign ${changed.length}: ${some(changed.map(({ id }) => id))}`]),
      ...(order ? disorder(found) : []),
    ],
  }
}

/** A queue with priorities keeps the order of a key among those of one priority. */
function disorder(found: readonly Copy[]): string[] {
  const last = new Map<string, Copy>()
  const homes = new Map<string, string>()
  const seen = new Set<string>()
  const [late, split] = [[] as string[], new Set<string>()]
  for (const copy of found) {
    const { id, queue, routingKey, priority } = copy
    // Messages without a key go round.
    if (routingKey === '') continue
    if ((homes.get(routingKey) ?? queue) !== queue) split.add(routingKey)
    homes.set(routingKey, queue)
    if (seen.has(id)) continue
    seen.add(id)
    const strand = `${routingKey}/${priority}`
    // Numbers have as many digits each.
    if ((last.get(strand)?.id ?? '') > id) late.push(id)
    else last.set(strand, copy)
  }
  return [
    ...(late.length === 0 ? [] : [`out of order ${late.length}: ${some(late)}`]),
    ...(split.size === 0 ? [] : [`keys in more than one queue ${split.size}: ${some([...split])}`]),
  ]
}

const some = (names: readonly string[]): string => `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`
