import type { ArchiveWriter } from '../../../archive/ports.js'
import type { DiscardPlan } from '../../../core/discard-plan.js'
import type { Gate, Sink, Source } from '../../../core/ports.js'
import type { Grant } from '../../../core/rate.js'
import type { Link } from '../link.js'
import { NO_TOPIC, type Totals } from '../relay/claim.js'
import { Leaders } from '../relay/leaders.js'
import { type Claimable, takeClaim } from '../relay/take-claim.js'
import { ClaimedCommits } from '../work/claimed-commits.js'
import { Committer } from '../work/committer.js'
import { fetchShare } from '../work/fetch-share.js'
import { waitingOut } from '../work/patience.js'
import type { Cargo } from './cargo.js'
import { LanePosition } from './lane-position.js'
import { ReadingLane } from './reading-lane.js'
import { SkippingLane } from './skipping-lane.js'

/** Lanes that are read at once: more would share the same memory and the same disk. */
const AT_ONCE = 6

/** What a discard is made of. */
export type DiscardOf = {
  readonly link: Link
  readonly plan: DiscardPlan
  /** Where a lane turned out to end in an earlier execution, before its planned end. */
  readonly ends: ReadonlyMap<string, string>
  /** What the journal of this run says of each lane. */
  readonly journalled: ReadonlyMap<string, { readonly mark: string; readonly totals: Totals }>
  /** `fresh`: nobody may have claimed the group. `resume`: the claim must be this run's. */
  readonly mode: 'fresh' | 'resume'
  /** Tells this execution of the run from every other. */
  readonly nonce: string
  readonly host: string
  readonly gate: Gate
  readonly soft: AbortSignal
  readonly archive?: Pick<ArchiveWriter, 'lane' | 'sync'>
  readonly grant: (soft: AbortSignal) => Promise<Grant>
  /** Bytes that fetched record batches may take, over all lanes. */
  readonly bytes: number
}

/** A partition that is let go. */
export type DiscardLane = Source<Cargo> &
  Sink<Cargo> & {
    /** The position that was settled last. */
    readonly settledAt: number
    /** Something of it is let go, by this execution or an earlier one, as far as it was opened. */
    readonly hasMoved: boolean
  }

/** The lanes of a claimed group, ready to be pumped, at most `atOnce` at a time. */
export type OpenDiscard = {
  readonly claimed: Claimable
  readonly lanes: readonly DiscardLane[]
  readonly atOnce: number
  /** Partitions that the topic had when it was claimed. */
  readonly partitions: number
}

/**
 * Claims the group for the prefix of the plan, without ever joining it. Throws Refusal `claimed` or `stale`, HoldError while the group has members,
 * DoubtedRange, BrokerError.
 */
export async function openDiscard(of: DiscardOf): Promise<OpenDiscard> {
  const { link, host, nonce, mode, journalled, bytes } = of
  const plan = claimable(of)
  const leaders = await Leaders.of(link, plan.sourceTopic)
  await takeClaim({ link, target: link, plan, host, nonce, mode, journalled })
  const commits = new ClaimedCommits({ link, plan, leaders, nonce })
  const patience = { ...of, lane: 'commits', signal: of.soft }
  const committer = new Committer(entries => waitingOut(patience, () => commits.commit(entries)))
  const shared = { link, plan, leaders, nonce, host, committer }
  const atOnce = Math.min(AT_ONCE, plan.lanes.length)
  const context = { ...of, leaders, fetchBytes: fetchShare(bytes, atOnce), ...beforeOf(of.plan) }
  const lanes = plan.lanes.map((lane, index) => {
    const position = new LanePosition(shared, lane, journalled.get(lane.lane)?.totals)
    if (!isRead(of.plan)) return new SkippingLane(position)
    return new ReadingLane(context, position, ((index % atOnce) + 1) / atOnce)
  })
  return { claimed: plan, lanes, atOnce, partitions: leaders.partitions }
}

/** Whether records are looked at: to keep them, or to know their time. */
export const isRead = ({ archive, scope }: Pick<DiscardPlan, 'archive' | 'scope'>): boolean =>
  archive !== undefined || scope.kind !== 'all'

const beforeOf = ({ scope }: DiscardPlan) => (scope.kind === 'all' ? {} : { before: Date.parse(scope.before) })

/** A discard as what is claimed: no temporary topic, no targets. */
const claimable = ({ plan, ends }: Pick<DiscardOf, 'plan' | 'ends'>): Claimable => ({
  run: plan.run,
  group: plan.group ?? '',
  sourceTopic: plan.topic,
  targetTopic: NO_TOPIC,
  guarantee: 'counting',
  order: 'key',
  until: 'now',
  lanes: plan.lanes.map(({ lane, from, to }) => ({ lane, from, to: ends.get(lane) ?? to, targets: [] })),
})
