import { addCounts } from '../../../core/counts.js'
import type { Counts } from '../../../core/event.js'
import { failpoint } from '../../../core/failpoint.js'
import type { Settled } from '../../../core/ports.js'
import { DoubtedRange } from '../../../errors.js'
import { committedOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'
import { type ClaimNote, formatClaim, NO_TOTALS, parseClaim, type Totals, taskOf } from '../relay/claim.js'
import { fenced } from '../relay/lane-commit.js'
import type { Leaders } from '../relay/leaders.js'
import type { Claimable } from '../relay/take-claim.js'
import type { Committer } from '../work/committer.js'

/** What all positions of a claimed group share. */
export type PositionsOf = {
  readonly link: Link
  readonly plan: Claimable
  readonly leaders: Leaders
  readonly nonce: string
  readonly host: string
  readonly committer: Committer
}

type Lane = Claimable['lanes'][number]

/** Where a claimed group stands on one lane, by the broker's word; its commits carry the claim and the totals of the run. */
export class LanePosition {
  readonly lane: Lane
  readonly #of: PositionsOf
  #totals: Totals
  #known: number | undefined

  /** `journalled`: totals of this lane by the events that were journalled so far. */
  constructor(of: PositionsOf, lane: Lane, journalled: Totals | undefined) {
    this.#of = of
    this.lane = lane
    this.#totals = journalled ?? NO_TOTALS
  }

  /**
   * Reads the position anew; `recovered` is what the claim says more than the journal. Throws DoubtedRange where the claim is off, Refusal `fenced`,
   * RunError where the topic is gone, BrokerError.
   */
  async open(): Promise<{ readonly offset: number; readonly recovered?: Settled }> {
    const { leaders, plan, nonce } = this.#of
    // Offsets go with their topic: its end explains more than theirs.
    await leaders.refresh()
    const { offset, claim } = await this.#committed()
    if (claim?.run !== plan.run) throw this.#foreign(offset)
    if (claim.nonce !== nonce) throw fenced(claim)
    const counts = addCounts(claim.totals, this.#totals, -1n)
    this.#totals = claim.totals
    this.#known = offset
    const isMore = counts.read + counts.holes + counts.markers + counts.aborted > 0n
    return isMore ? { offset, recovered: { mark: String(offset), counts } } : { offset }
  }

  /** Moves the group to `offset`, past so much more. Throws HoldError while the group has members, DoubtedRange, Refusal, BrokerError. */
  async commit(offset: number, counts: Counts): Promise<void> {
    const { plan, nonce, host, committer } = this.#of
    const totals = addCounts(this.#totals, counts)
    const note = { run: plan.run, topic: plan.targetTopic, host, nonce, totals, task: taskOf(plan, this.lane) }
    failpoint('before-commit')
    await committer.commit({ partition: Number(this.lane.lane), offset, metadata: formatClaim(note) })
    failpoint('after-offset-commit')
    this.#totals = totals
    this.#known = offset
  }

  async #committed(): Promise<{ readonly offset: number; readonly claim: ClaimNote | undefined }> {
    const { link, plan } = this.#of
    const partition = Number(this.lane.lane)
    const query = { topic: plan.sourceTopic, partitions: [partition], stable: true }
    const topics = await committedOffsets(link, plan.group, query)
    const found = topics.get(plan.sourceTopic)?.get(partition)
    return { offset: found?.offset ?? -1, claim: parseClaim(found?.metadata) }
  }

  #foreign(offset: number): DoubtedRange {
    const known = this.#known ?? offset
    const range = {
      lane: this.lane.lane,
      from: String(Math.max(0, Math.min(known, offset))),
      to: String(Math.max(known, offset)),
    }
    const { group } = this.#of.plan
    return new DoubtedRange(
      range,
      `group ${group} stands at ${offset}, where this run did not put it; it stood at ${known}`,
    )
  }
}
