import { failpoint } from '../../../core/failpoint.js'
import type { KafkaPlan, PlanLane } from '../../../core/plan.js'
import { BrokerError, DoubtedRange, Refusal } from '../../../errors.js'
import { commitOffsets, committedOffsets } from '../admin/offsets.js'
import { assertCopies } from '../claims/assert-copies.js'
import type { Link } from '../link.js'
import { type ClaimNote, formatClaim, NO_TOPIC, NO_TOTALS, parseClaim, type Totals, taskOf } from './claim.js'
import { Transaction } from './transaction.js'
import { transactionalId } from './transactional-id.js'
import { assertIdle } from './watch-group.js'

/** What a run claims: a drain's plan, or one that works the source itself, which has no temporary topic and no targets. */
export type Claimable = Pick<
  KafkaPlan,
  'run' | 'group' | 'sourceTopic' | 'targetTopic' | 'guarantee' | 'order' | 'until' | 'compress'
> & { readonly lanes: readonly ClaimedLane[] }

type ClaimedLane = Pick<PlanLane, 'lane' | 'from' | 'to' | 'targets'>

export type ClaimRequest = {
  readonly link: Link
  /** The target's, which is asked where the group's offsets are gone. */
  readonly target: Link
  readonly plan: Claimable
  readonly host: string
  readonly nonce: string
  /** `fresh`: nobody may have claimed it. `resume`: the claim must be this run's; `journalled` is what its journal says. */
  readonly mode: 'fresh' | 'resume'
  readonly journalled: ReadonlyMap<string, { readonly mark: string; readonly totals: Totals }>
}

type Commit = { readonly offset: number; readonly claim: ClaimNote | undefined }
type Commits = ReadonlyMap<number, Commit>
/** Requests on their way at once while every lane is taken over. */
const AT_ONCE = 8

/**
 * Takes the group for this execution: ends what an earlier runner left open, checks that the positions are where the plan
 * (or the journal) has them, and writes the claim on every lane in one transaction, which only one of two rivals can commit.
 * Throws Refusal `claimed` or `stale`, DoubtedRange where somebody else moved a position.
 */
export async function takeClaim(request: ClaimRequest): Promise<void> {
  const { plan, mode } = request
  const transactional = plan.guarantee === 'transactions'
  if (mode === 'fresh') assertFree(plan, await readCommits(request))
  else if (transactional) await endOldTransactions(request)
  if (transactional) await claimInTransaction(request)
  else await claimPlainly(request)
  failpoint('after-claim')
}

async function claimInTransaction(request: ClaimRequest): Promise<void> {
  const { link, plan } = request
  const [first] = plan.lanes
  if (!first) return
  const transaction = newTransaction(link, plan, Number(first.lane))
  await transaction.init()
  try {
    const commits = await readCommits(request)
    await transaction.commitOffset(await entriesOf(request, commits))
    await Promise.all([assertIdle(link, plan.group), assertUnmoved(request, commits)])
    await transaction.end(true)
  } catch (error) {
    await transaction.end(false).catch(() => undefined)
    throw await outrun(request, error)
  }
}

/** What somebody committed between our look and our claim would vanish underneath it. Throws Refusal `stale`. */
async function assertUnmoved(request: ClaimRequest, before: Commits): Promise<void> {
  for (const [partition, { offset }] of await readCommits(request, false)) {
    const was = before.get(partition)?.offset
    if (was !== offset) throw moved(request.plan, String(partition), { from: String(was ?? -1), to: String(offset) })
  }
}

const FENCED = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_TXN_STATE'])

/** A rival took the same transactional id in between: the claim that it writes names it. */
async function outrun(request: ClaimRequest, error: unknown): Promise<unknown> {
  if (!(error instanceof BrokerError) || !FENCED.has(error.code)) return error
  const { plan, nonce } = request
  const claim = [...(await readCommits(request)).values()].find(found => found.claim)?.claim
  if (claim && claim.run !== plan.run) return claimed(plan.group, claim)
  const where = claim && claim.nonce !== nonce ? ` on ${claim.host}` : ''
  return new Refusal(`Another runner claimed group ${plan.group}${where} at the same moment`, {
    code: 'claimed',
    hint: '`spillway runs --cluster C` shows who holds it. Nothing was copied by this one.',
    cause: error,
  })
}

async function claimPlainly(request: ClaimRequest): Promise<void> {
  const { link, plan } = request
  const entries = await entriesOf(request, await readCommits(request))
  await assertIdle(link, plan.group)
  await commitOffsets(link, plan.group, plan.sourceTopic, entries)
}

function newTransaction(link: Link, plan: Claimable, partition: number): Transaction {
  return new Transaction({
    link,
    transactionalId: transactionalId(plan.group, plan.sourceTopic, partition),
    targetTopic: plan.targetTopic,
    group: plan.group,
    sourceTopic: plan.sourceTopic,
  })
}

async function endOldTransactions({ link, plan }: ClaimRequest): Promise<void> {
  const left = [...plan.lanes]
  const worker = async () => {
    for (let lane = left.shift(); lane; lane = left.shift()) await newTransaction(link, plan, Number(lane.lane)).init()
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, left.length) }, worker))
}

async function readCommits({ link, plan }: ClaimRequest, stable = true): Promise<Commits> {
  const partitions = plan.lanes.map(lane => Number(lane.lane))
  const topics = await committedOffsets(link, plan.group, { topic: plan.sourceTopic, partitions, stable })
  const commits = topics.get(plan.sourceTopic)
  return new Map(
    partitions.map(p => [p, { offset: commits?.get(p)?.offset ?? -1, claim: parseClaim(commits?.get(p)?.metadata) }]),
  )
}

function assertFree(plan: Claimable, commits: Commits): void {
  for (const { claim } of commits.values()) if (claim) throw claimed(plan.group, claim)
}

async function entriesOf(request: ClaimRequest, commits: Commits) {
  const { plan, host, nonce, mode } = request
  if (mode === 'fresh') assertFree(plan, commits)
  const copies = mode === 'fresh' ? new Map<number, number>() : await copiesOfGone(request, commits)
  return plan.lanes.map(lane => {
    const found = commits.get(Number(lane.lane)) ?? { offset: -1, claim: undefined }
    const { offset, totals } =
      mode === 'fresh' ? freshPosition(plan, lane, found) : resumedPosition(request, lane, found)
    const ahead = found.claim?.ahead
    const kept = ahead === undefined ? {} : { ahead }
    const note = { run: plan.run, topic: plan.targetTopic, host, nonce, totals, task: taskOf(plan, lane), ...kept }
    const counted = plan.guarantee === 'counting' && plan.targetTopic !== NO_TOPIC
    const counts = counted && found.offset < 0 ? countsOf(lane, copies) : found.claim?.counts
    const metadata = formatClaim(counts ? { ...note, counts } : note)
    return { partition: Number(lane.lane), offset, metadata }
  })
}

/** Offsets of an empty group expire; the journal then rules, after a check against the target. */
async function copiesOfGone({ target, plan, journalled }: ClaimRequest, commits: Commits) {
  const gone = plan.lanes.filter(({ lane }) => (commits.get(Number(lane))?.offset ?? -1) < 0)
  if (gone.length === 0 || plan.targetTopic === NO_TOPIC) return new Map<number, number>()
  const known = gone.map(({ lane }) => ({ lane, totals: journalled.get(lane)?.totals ?? NO_TOTALS }))
  return assertCopies(target, plan, known)
}

const countsOf = ({ targets }: ClaimedLane, copies: ReadonlyMap<number, number>): number[] =>
  targets.map(target => copies.get(target) ?? 0)

function freshPosition(plan: Claimable, lane: ClaimedLane, { offset }: Commit): { offset: number; totals: Totals } {
  if (offset >= 0 && offset !== Number(lane.from)) {
    throw moved(plan, lane.lane, { from: lane.from, to: String(offset) })
  }
  return { offset: Number(lane.from), totals: NO_TOTALS }
}

function moved(plan: Claimable, lane: string, { from, to }: { from: string; to: string }): Refusal {
  return new Refusal(
    `Group ${plan.group} moved on partition ${lane}: it was to stand at ${from}, and stands at ${to}`,
    {
      code: 'stale',
      hint: 'Something still commits for this group, or the plan is old. Stop it, then plan again.',
    },
  )
}

function resumedPosition(
  { plan, journalled }: ClaimRequest,
  lane: ClaimedLane,
  { offset, claim }: Commit,
): { offset: number; totals: Totals } {
  const known = journalled.get(lane.lane)
  if (offset < 0) return { offset: Number(known?.mark ?? lane.from), totals: known?.totals ?? NO_TOTALS }
  if (claim?.run === plan.run) return { offset, totals: claim.totals }
  // A kill between the run folder and the claim leaves the position as the plan has it.
  if (!claim && !known && offset === Number(lane.from)) return { offset, totals: NO_TOTALS }
  if (claim) throw claimed(plan.group, claim)
  const mark = Number(known?.mark ?? lane.from)
  if (plan.targetTopic === NO_TOPIC) {
    // Work on the source takes its claim off where it moved nothing, and once its journal has every lane at its end.
    const isEdge = offset === Number(lane.from) || offset >= Number(lane.to)
    if (isEdge && offset === mark) return { offset, totals: known?.totals ?? NO_TOTALS }
    if (offset === Number(lane.to) && mark === Number(lane.from)) throw workedElsewhere(plan, lane)
  }
  throw new DoubtedRange(
    { lane: lane.lane, from: String(Math.max(0, Math.min(mark, offset))), to: String(Math.max(mark, offset)) },
    `somebody else committed offset ${offset} for group ${plan.group}; this run stood at ${mark}`,
  )
}

const workedElsewhere = ({ group }: Claimable, { lane, from, to }: ClaimedLane): Refusal =>
  new Refusal(
    `Group ${group} stands at ${to} on partition ${lane}, the end of this run, which read nothing from ${from} on`,
    {
      code: 'stale',
      hint: 'Another run or consumer worked it, or its position was set: nothing is left for this run. `spillway runs` shows who; for what came since, fan out again.',
    },
  )

/** Refuses a group that another run holds. */
export function claimed(group: string, claim: Pick<ClaimNote, 'run' | 'host' | 'topic'>): Refusal {
  const what = claim.topic === NO_TOPIC ? 'which works the topic itself' : `temporary topic ${claim.topic}`
  return new Refusal(`Group ${group} is claimed by run ${claim.run} on ${claim.host}, ${what}`, {
    code: 'claimed',
    hint: `Carry it on with: spillway resume ${claim.run} (on ${claim.host}), or resume --adopt SOURCE where its folder is lost.`,
  })
}
