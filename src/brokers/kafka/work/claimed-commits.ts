import { BrokerError, DoubtedRange } from '../../../errors.js'
import { commitOffsets, committedOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'
import { parseClaim } from '../relay/claim.js'
import { fenced } from '../relay/lane-commit.js'
import type { Leaders } from '../relay/leaders.js'
import type { Claimable } from '../relay/take-claim.js'
import { assertIdle } from '../relay/watch-group.js'
import type { OffsetEntry } from '../wire/transactions.js'

export type CommitsOf = {
  readonly link: Link
  readonly plan: Claimable
  readonly leaders: Leaders
  readonly nonce: string
}

/**
 * Commits of a group that is claimed but never joined. Before each of them: no members, and our own claim still stands where we put it. A stranger's commit
 * between that look and ours can't be told, as in counting mode.
 */
export class ClaimedCommits {
  readonly #of: CommitsOf
  readonly #known = new Map<number, number>()

  constructor(of: CommitsOf) {
    this.#of = of
  }

  /** Throws HoldError while there are members, DoubtedRange, Refusal `fenced`, BrokerError. */
  async commit(entries: readonly OffsetEntry[]): Promise<void> {
    const { link, plan } = this.#of
    const partitions = entries.map(({ partition }) => partition)
    await Promise.all([assertIdle(link, plan.group), this.#assertOurs(partitions)])
    try {
      await commitOffsets(link, plan.group, plan.sourceTopic, entries)
    } catch (error) {
      // Somebody joined between the look and the commit.
      if (error instanceof BrokerError && error.code === 'UNKNOWN_MEMBER_ID') await assertIdle(link, plan.group)
      throw error
    }
    for (const { partition, offset } of entries) this.#known.set(partition, offset)
  }

  async #assertOurs(partitions: readonly number[]): Promise<void> {
    const { link, plan, nonce, leaders } = this.#of
    const topics = await committedOffsets(link, plan.group, { topic: plan.sourceTopic, partitions, stable: true })
    const commits = topics.get(plan.sourceTopic)
    for (const partition of partitions) {
      const { offset = -1, metadata } = commits?.get(partition) ?? {}
      // Offsets go with their topic: its end explains more than theirs.
      if (offset < 0) await leaders.refresh()
      const claim = parseClaim(metadata)
      if (claim?.run !== plan.run) throw this.#foreign(partition, offset)
      if (claim.nonce !== nonce) throw fenced(claim)
    }
  }

  #foreign(partition: number, offset: number): DoubtedRange {
    const known = this.#known.get(partition) ?? offset
    const range = {
      lane: String(partition),
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
