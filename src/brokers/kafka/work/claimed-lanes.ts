import type { Gate, Settled } from '../../../core/ports.js'
import { committedOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'
import { addTotals, type ClaimNote, formatClaim, NO_TOTALS, parseClaim, type Totals, taskOf } from '../relay/claim.js'
import type { Leaders } from '../relay/leaders.js'
import type { Claimable } from '../relay/take-claim.js'
import { ClaimedCommits } from './claimed-commits.js'
import { Committer } from './committer.js'
import { fetchShare } from './fetch-share.js'
import { type CommitStep, HeldLane, type Start } from './held-lane.js'
import { waitingOut } from './patience.js'

export type ClaimedOf = {
  readonly link: Link
  readonly plan: Claimable
  readonly leaders: Leaders
  readonly journalled: ReadonlyMap<string, { readonly mark: string; readonly totals: Totals }>
  readonly nonce: string
  readonly host: string
  readonly gate: Gate
  readonly soft: AbortSignal
  readonly bytes: number
  readonly maxAhead: number
}

type Lane = Claimable['lanes'][number]
type Found = { readonly offset: number; readonly claim: ClaimNote | undefined }

/** The lanes of a claimed source; `look` is called once before the claim is taken, `all` after it. */
export const claimedLanes = (of: ClaimedOf) => {
  let found: ReadonlyMap<number, Found> = new Map()
  return {
    async look(): Promise<void> {
      found = await readFound(of)
    },
    all(): readonly HeldLane[] {
      const commits = new ClaimedCommits(of)
      const patience = { ...of, lane: 'commits', signal: of.soft }
      const committer = new Committer(entries => waitingOut(patience, () => commits.commit(entries)))
      return of.plan.lanes.map(lane => claimedLane(of, lane, { found: found.get(Number(lane.lane)), committer }))
    },
  }
}

async function readFound({ link, plan }: ClaimedOf): Promise<ReadonlyMap<number, Found>> {
  const partitions = plan.lanes.map(({ lane }) => Number(lane))
  const topics = await committedOffsets(link, plan.group, { topic: plan.sourceTopic, partitions, stable: true })
  const commits = topics.get(plan.sourceTopic) ?? new Map<number, never>()
  return new Map([...commits].map(([at, { offset, metadata }]) => [at, { offset, claim: parseClaim(metadata) }]))
}

type Past = { readonly found: Found | undefined; readonly committer: Committer }

function claimedLane(of: ClaimedOf, lane: Lane, { found, committer }: Past): HeldLane {
  const { link, leaders, gate, plan, host, nonce, maxAhead } = of
  const partition = Number(lane.lane)
  const known = of.journalled.get(lane.lane)
  const ours = found?.claim?.run === plan.run ? found.claim : undefined
  let totals = ours?.totals ?? known?.totals ?? NO_TOTALS
  const commit = async (offset: number, { closed, counts }: CommitStep) => {
    const next = counts === undefined ? totals : addTotals(totals, counts)
    const note = { run: plan.run, topic: plan.targetTopic, host, nonce, totals: next, task: taskOf(plan, lane) }
    await committer.commit({ partition, offset, metadata: formatClaim({ ...note, ahead: closed ? 0 : maxAhead }) })
    totals = next
  }
  const start = startOf(of, lane, found)
  const open = async () => {
    await commit(start.offset, { closed: start.offset >= Number(lane.to) })
    return start
  }
  const end = () => Number(lane.to)
  const bytes = fetchShare(of.bytes, plan.lanes.length)
  const at = (start.doubtedTo ?? 0) > start.offset ? undefined : start.offset
  return new HeldLane({
    reading: { link, leaders, gate, partition, bytes, end, more: async () => false },
    at,
    open,
    commit,
  })
}

/** Where a lane goes on, as taking the claim has it; what its last execution left open, and what it did not live to journal. */
function startOf({ plan, journalled }: ClaimedOf, lane: Lane, found: Found | undefined): Start {
  const known = journalled.get(lane.lane)
  if (found?.claim?.run !== plan.run)
    return { offset: (found?.offset ?? -1) >= 0 ? (found?.offset ?? 0) : Number(known?.mark ?? lane.from) }
  const { offset, claim } = found
  const recovered = unjournalled(offset, claim.totals, known?.totals ?? NO_TOTALS)
  const doubtedTo = Math.min(Number(lane.to), offset + (claim.ahead ?? 0))
  const why = `an earlier execution on ${claim.host} ended without closing it: up to ${claim.ahead ?? 0} messages behind its last commit may have been handled`
  return { offset, doubtedTo, why, ...(recovered === undefined ? {} : { recovered }) }
}

/** What the claim says more than the journal. */
function unjournalled(offset: number, claimed: Totals, journalled: Totals): Settled | undefined {
  const counts = addTotals(claimed, journalled, -1n)
  return counts.read > 0n || counts.markers + counts.holes + counts.aborted > 0n
    ? { mark: String(offset), counts }
    : undefined
}
