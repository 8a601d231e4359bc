import type { FanoutPlan } from '../../../core/fanout-plan.js'
import type { Gate } from '../../../core/ports.js'
import { HoldError, Refusal } from '../../../errors.js'
import type { Intake } from '../../../fanout/ports.js'
import type { Link } from '../link.js'
import { NO_TOPIC, type Totals } from '../relay/claim.js'
import { Leaders } from '../relay/leaders.js'
import { type Claimable, takeClaim } from '../relay/take-claim.js'
import { claimedLanes } from './claimed-lanes.js'
import { RangeIntake } from './range-intake.js'

export type RangeRequest = {
  readonly link: Link
  /** Of a source; its end marks are those of the run. */
  readonly plan: FanoutPlan
  /** `fresh`: nobody may have claimed the group. `resume`: the claim must be this run's. */
  readonly mode: 'fresh' | 'resume'
  /** What the journal of this run says of each lane. */
  readonly journalled: ReadonlyMap<string, { readonly mark: string; readonly totals: Totals }>
  /** Tells this execution of the run from every other. */
  readonly nonce: string
  readonly host: string
  readonly gate: Gate
  readonly warn: (message: string) => void
  /** Ends the waiting for a broker that is away; the lanes have signals of their own. */
  readonly soft: AbortSignal
  /** Bytes that fetched record batches may take, over all lanes. */
  readonly bytes: number
}

/**
 * Claims the group of a source, without ever joining it, for the range of the plan: the group's own offsets move, each commit carries the claim, and the last
 * thing is to take it off. Members are looked for every second, and foreign commits before each commit. Throws Refusal `claimed`, `stale` or `group-live`,
 * DoubtedRange, BrokerError.
 */
export async function openRange(request: RangeRequest): Promise<Intake> {
  const { link, mode, host, nonce, journalled } = request
  const plan = claimable(request.plan)
  const leaders = await Leaders.of(link, plan.sourceTopic)
  const lanes = claimedLanes({ ...request, plan, leaders, maxAhead: request.plan.maxAhead })
  // Before the claim is renewed: it tells how the last execution ended.
  await lanes.look()
  try {
    await takeClaim({ link, target: link, plan, host, nonce, mode, journalled })
  } catch (error) {
    throw error instanceof HoldError ? live(error) : error
  }
  return new RangeIntake({ ...request, plan, partitions: leaders.partitions, lanes: lanes.all() })
}

const live = (hold: HoldError): Refusal =>
  new Refusal(hold.message, {
    code: 'group-live',
    hint: 'Stop the consumers of this group first, and whatever starts them again.',
  })

/** A fan-out of a source as what is claimed: no temporary topic, no targets. */
const claimable = (plan: FanoutPlan): Claimable => ({
  run: plan.run,
  group: plan.group ?? '',
  sourceTopic: plan.topic,
  targetTopic: NO_TOPIC,
  guarantee: 'counting',
  order: plan.order === 'none' ? 'none' : 'key',
  until: 'now',
  lanes: plan.lanes.map(({ lane, from, to }) => ({ lane, from, to, targets: [] })),
})
