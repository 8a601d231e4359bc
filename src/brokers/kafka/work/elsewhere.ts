import type { RunEvent } from '../../../core/event.js'
import { listOffsets } from '../admin/list-offsets.js'
import { committedOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'
import type { Ends } from './ends.js'
import type { HeldLane } from './held-lane.js'
import { pause } from './patience.js'

const EVERY_MS = 1_500

export type ElsewhereOf = {
  readonly link: Link
  readonly group: string
  readonly topic: string
  readonly partitions: number
  readonly ends: Ends
}

export type Following = {
  readonly signal: AbortSignal
  /** Waits out what passes. */
  readonly again: (look: () => Promise<void>) => Promise<void>
  readonly held: () => readonly HeldLane[]
  readonly tell: (event: RunEvent) => void
}

/** Which lanes of the topic are committed to their ends, by whomever of the group. */
export class Elsewhere {
  readonly #of: ElsewhereOf
  readonly #done = new Set<number>()
  #starts: ReadonlyMap<number, number> | undefined

  constructor(of: ElsewhereOf) {
    this.#of = of
  }

  isDone(partition: number): boolean {
    return this.#done.has(partition)
  }

  /** Looks every second or two until all lanes are done, or `signal` aborts. Lanes that others finished are told. */
  async follow({ signal, again, held, tell }: Following): Promise<void> {
    while (!signal.aborted) {
      await again(() => this.#look(held(), tell))
      if (this.#done.size === this.#of.partitions) return
      await pause(EVERY_MS, signal)
    }
  }

  async #look(held: readonly HeldLane[], tell: (event: RunEvent) => void): Promise<void> {
    const { link, group, topic, ends, partitions } = this.#of
    const committed = (await committedOffsets(link, group, { topic })).get(topic)
    const starts = await this.#lanesStart()
    const ours = new Map(held.map(lane => [lane.lane, lane]))
    for (let partition = 0; partition < partitions; partition++) {
      if (this.#done.has(partition)) continue
      const lane = ours.get(String(partition))
      const end = ends.of(partition)
      const reached = (committed?.get(partition)?.offset ?? starts.get(partition) ?? 0) >= end
      if (lane?.failed || (reached && (lane === undefined || lane.finished))) {
        this.#done.add(partition)
        if (lane === undefined) for (const event of finishedAt(partition, end)) tell(event)
      }
    }
  }

  async #lanesStart(): Promise<ReadonlyMap<number, number>> {
    const { link, topic, partitions } = this.#of
    const all = Array.from({ length: partitions }, (_, partition) => partition)
    if (this.#starts === undefined) {
      const found = await listOffsets(link, topic, all, 'earliest')
      this.#starts = new Map([...found].map(([partition, { offset }]) => [partition, offset]))
    }
    return this.#starts
  }
}

function finishedAt(partition: number, end: number): RunEvent[] {
  const at = new Date().toISOString()
  const [lane, mark] = [String(partition), String(end)]
  return [
    { type: 'opened', at, lane, from: mark, to: mark },
    { type: 'finished', at, lane, mark },
  ]
}
