import type { Gate } from '../../../core/ports.js'
import type { Intake, Taken } from '../../../fanout/ports.js'
import type { Link } from '../link.js'
import type { Claimable } from '../relay/take-claim.js'
import { watchSource } from '../relay/watch-group.js'
import { clearClaim } from '../restore/clear-claim.js'
import type { HeldLane } from './held-lane.js'
import { pause } from './patience.js'

/** Nobody else waits for the lanes of a claimed source: what is in hand may take long. */
const PATIENCE_MS = 600_000

export type RangeOf = {
  readonly link: Link
  readonly plan: Claimable
  readonly gate: Gate
  readonly warn: (message: string) => void
  /** Partitions that the topic had when it was claimed. */
  readonly partitions: number
  readonly lanes: readonly HeldLane[]
}

/**
 * All lanes of a claimed source, at once; ends when each has been let go. The claim is taken off when all are at their ends and the journal has it, or
 * where the run ends without having moved anything: a misspelt handler shall block nobody.
 */
export class RangeIntake implements Intake {
  readonly patienceMs = PATIENCE_MS
  readonly #of: RangeOf
  readonly #watching = new AbortController()
  readonly #watch: Promise<void>

  constructor(of: RangeOf) {
    const { link, plan, gate, warn, partitions } = of
    const watched = { group: plan.group, sourceTopic: plan.sourceTopic, targetLanes: partitions, factor: 1 }
    this.#of = of
    this.#watch = watchSource({ link, plan: watched, gate, warn }, this.#watching.signal)
  }

  async *take(soft: AbortSignal): AsyncGenerator<Taken> {
    const { lanes } = this.#of
    for (const lane of lanes) {
      if (soft.aborted) return
      yield { lane }
    }
    const done = Promise.all(lanes.map(({ released }) => released))
    const stop = new AbortController()
    await Promise.race([done, pause(2 ** 31 - 1, AbortSignal.any([soft, stop.signal]))])
    stop.abort()
  }

  async conclude(): Promise<void> {
    const { link, plan } = this.#of
    if (this.#stands('to')) await clearClaim(link, plan, new Map())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watching.abort()
    await this.#watch
    if (this.#stands('from') && !this.#stands('to')) await this.#giveBack()
  }

  /** Whether all lanes stand there with nothing in hand; that one was read to its end says nothing. */
  #stands(at: 'from' | 'to'): boolean {
    const places = new Map(this.#of.plan.lanes.map(range => [range.lane, Number(range[at])]))
    return this.#of.lanes.every(({ lane, closedAt }) => closedAt === places.get(lane))
  }

  async #giveBack(): Promise<void> {
    const { link, plan, warn } = this.#of
    try {
      await clearClaim(link, plan, new Map())
    } catch (error) {
      // What ended the run is told; this only leaves the claim of a run that can be resumed.
      warn(`The claim on ${plan.group} stays: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
