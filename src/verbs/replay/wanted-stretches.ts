import type { IndexFilter } from '../../archive/index-filter.js'
import { type LaneMarks, openArchiveIndex } from '../../archive/index-search.js'
import type { Stretch } from '../../archive/ports.js'
import { Stretches } from '../../archive/stretches.js'
import { defined } from '../../core/defined.js'
import type { FanoutLane } from '../../core/fanout-plan.js'
import type { ReplayFilter } from '../../core/replay-plan.js'
import { RunError } from '../../errors.js'
import { keyBytes } from '../../replay/filter.js'

/** Marks that are read or passed as one: some hundred KiB of an archive. */
const WIDTH = 1024
/** Of a longer key the index has this much (docs/archive.md). */
const KEY_BYTES = 32 * 1024

export type WantedOf = {
  readonly folder: string
  readonly system: 'kafka' | 'rabbitmq'
  readonly lanes: readonly FanoutLane[]
  readonly filter: ReplayFilter | undefined
}

/** A filter of messages as one of the index. */
export function indexFilter({ from, to, keys, ids }: ReplayFilter): IndexFilter {
  const ms = (time: string | undefined) => (time === undefined ? undefined : Date.parse(time))
  const cut = keys?.map(key => keyBytes(key).subarray(0, KEY_BYTES))
  return defined({ from: ms(from), to: ms(to), ids, keys: cut })
}

/** Where in an archive there is something of what is wanted, by its index, which is read once, when it is first asked. All of it where there is no DuckDB. */
export class WantedStretches {
  readonly #of: WantedOf
  #known: Promise<ReadonlyMap<string, readonly Stretch[]>> | undefined

  constructor(of: WantedOf) {
    this.#of = of
  }

  /** The stretches of a lane from a mark on, in order and without gaps. Throws RunError `archive-damaged`. */
  async of(lane: string, { from, to }: Omit<LaneMarks, 'lane'>): Promise<readonly Stretch[]> {
    if (this.#of.filter === undefined) return [{ from, to }]
    this.#known ??= this.#ask(this.#of.filter)
    const known = (await this.#known).get(lane)
    if (known === undefined) return [{ from, to }]
    const [head, ...rest] = known.filter(stretch => stretch.to > from)
    if (head === undefined) return []
    const { left } = head
    if (left === undefined || from <= head.from) return [{ ...head, from: Math.max(from, head.from) }, ...rest]
    return [{ from, to: head.to, left: await this.#count({ lane, from, to: head.to }) }, ...rest]
  }

  async #ask(filter: ReplayFilter): Promise<ReadonlyMap<string, readonly Stretch[]>> {
    const { folder, system } = this.#of
    const lanes = this.#of.lanes.map(({ lane, from, to }) => ({ lane, from: Number(from), to: Number(to) }))
    const found = new Map(
      lanes.map(each => [each.lane, new Stretches({ ...each, width: WIDTH, isDense: system === 'rabbitmq' })]),
    )
    try {
      await using index = await openArchiveIndex({ folder, system })
      for await (const tallies of index.tally(indexFilter(filter), { lanes, width: WIDTH }))
        for (const tally of tallies) found.get(tally.lane)?.add(tally)
    } catch (error) {
      if (error instanceof RunError && error.code === 'no-duckdb') return new Map()
      throw error
    }
    return new Map([...found].map(([lane, stretches]) => [lane, stretches.end()]))
  }

  /** A position within what is passed, as a replay of an earlier version may have left it. */
  async #count({ lane, from, to }: LaneMarks): Promise<number> {
    const { folder, system } = this.#of
    if (system === 'rabbitmq') return to - from
    await using index = await openArchiveIndex({ folder, system })
    return Number(await index.count({ lane, marks: { from, to } }))
  }
}
