import type { PlanLane } from '../../../core/plan.js'
import { listOffsets } from '../admin/list-offsets.js'
import type { Boundary, RelayContext } from './lane-context.js'

/** A tail this short is copied in one go and then called caught up, in seconds. */
const CAUGHT_UP_SECONDS = 2

/**
 * Where a lane ends: fixed with `--until now`, following the tail until the copy is close behind it with `caught-up`, and until the boundary
 * closes with `lanes-empty`.
 */
export class EndMark {
  mark: number
  readonly #context: RelayContext
  readonly #partition: number
  #final: boolean
  #asked: { at: number; position: number } | undefined

  constructor(context: RelayContext, lane: PlanLane) {
    this.#context = context
    this.#partition = Number(lane.lane)
    this.mark = Number(lane.to)
    this.#final = context.plan.until === 'now'
  }

  reached(position: number): boolean {
    return this.#final && position >= this.mark
  }

  /** Whether `position` is the end; moves the mark on while the tail is still far ahead. At an open boundary it waits there for more. */
  async arrived(position: number, soft: AbortSignal): Promise<boolean> {
    if (position < this.mark) return false
    if (this.#final) return true
    const { boundary } = this.#context
    if (boundary !== undefined) return this.#atBoundary(boundary, position, soft)
    const stable = await this.#stable()
    const now = Date.now()
    const perSecond = this.#asked ? ((position - this.#asked.position) / Math.max(1, now - this.#asked.at)) * 1000 : 0
    this.#asked = { at: now, position }
    this.mark = Math.max(this.mark, stable)
    this.#final = this.mark - position <= perSecond * CAUGHT_UP_SECONDS
    return position >= this.mark && this.#final
  }

  async #atBoundary(boundary: Boundary, position: number, soft: AbortSignal): Promise<boolean> {
    for (;;) {
      // Closed first: what is stable after that is the end.
      const { closed } = boundary
      this.mark = Math.max(this.mark, await this.#stable())
      this.#final = closed
      if (closed) return position >= this.mark
      if (this.mark > position || soft.aborted) return false
      boundary.caughtUp(String(this.#partition))
      await boundary.changed(soft)
    }
  }

  async #stable(): Promise<number> {
    const { source, plan } = this.#context
    const stable = await listOffsets(source, plan.sourceTopic, [this.#partition], 'stable')
    return stable.get(this.#partition)?.offset ?? this.mark
  }
}
