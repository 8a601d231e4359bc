import type { PlanLane } from '../../../core/plan.js'
import { listOffsets } from '../admin/list-offsets.js'
import type { RelayContext } from './lane-context.js'

/** A tail this short is copied in one go and then called caught up, in seconds. */
const CAUGHT_UP_SECONDS = 2

/** Where a lane ends: fixed with `--until now`, following the tail until the copy is close behind it with `caught-up`. */
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

  /** Whether `position` is the end; moves the mark on while the tail is still far ahead. */
  async arrived(position: number): Promise<boolean> {
    if (position < this.mark) return false
    if (this.#final) return true
    const { source, plan } = this.#context
    const stable =
      (await listOffsets(source, plan.sourceTopic, [this.#partition], 'stable')).get(this.#partition)?.offset ??
      this.mark
    const now = Date.now()
    const perSecond = this.#asked ? ((position - this.#asked.position) / Math.max(1, now - this.#asked.at)) * 1000 : 0
    this.#asked = { at: now, position }
    this.mark = Math.max(this.mark, stable)
    this.#final = this.mark - position <= perSecond * CAUGHT_UP_SECONDS
    return position >= this.mark && this.#final
  }
}
