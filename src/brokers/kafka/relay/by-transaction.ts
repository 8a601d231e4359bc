import type { PlanLane } from '../../../core/plan.js'
import { BrokerError, DoubtedRange } from '../../../errors.js'
import { type ClaimNote, formatClaim, NO_TOTALS, type Totals, taskOf } from './claim.js'
import { fenced, type LaneCommit, laneCommit } from './lane-commit.js'
import type { RelayContext } from './lane-context.js'
import type { Producer } from './produce-queue.js'
import type { Settlement, Standing } from './settlement.js'
import { Transaction } from './transaction.js'
import { transactionalId } from './transactional-id.js'

/** How long a fenced runner waits for the claim of whoever fenced it, in ms: a new owner claims once it has fenced every lane. */
const CLAIM_GRACE_MS = 5000
const CLAIM_POLL_MS = 250
/** What brokers answer a producer whose transaction was ended by its coordinator, or was taken over. */
const FENCED = new Set([
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
])

/**
 * Exactly once within a cluster: the copies and the group's offset move in one transaction (KIP-98). Members and offsets
 * are looked at between the offset commit and the end: what a stranger commits later than ours stands behind it.
 */
export class ByTransaction implements Settlement {
  readonly #context: RelayContext
  readonly #lane: PlanLane
  readonly #partition: number
  readonly #transaction: Transaction
  /** What this execution knows as its last commit; a commit of anybody else shows as a difference. */
  #known: { offset: number; before: number } | undefined

  constructor(context: RelayContext, lane: PlanLane) {
    const partition = Number(lane.lane)
    const { plan, target } = context
    this.#context = context
    this.#lane = lane
    this.#partition = partition
    this.#transaction = new Transaction({
      link: target,
      transactionalId: transactionalId(plan.group, plan.sourceTopic, partition),
      targetTopic: plan.targetTopic,
      group: plan.group,
      sourceTopic: plan.sourceTopic,
    })
  }

  get producer(): Producer {
    const { producerId, epoch } = this.#transaction
    const { plan } = this.#context
    return { producerId, epoch, transactionalId: transactionalId(plan.group, plan.sourceTopic, this.#partition) }
  }

  async open(): Promise<Standing> {
    await this.#transaction.init().catch(async error => {
      throw await this.explain(error)
    })
    const { offset, claim } = await this.#committed(true)
    this.#assertOurs(offset, claim)
    this.#known = { offset, before: offset }
    return { offset, totals: claim?.totals ?? NO_TOTALS }
  }

  include(partitions: readonly number[]): Promise<void> {
    return this.#transaction.include(partitions)
  }

  acknowledged(): void {}

  async commit(offset: number, totals: Totals): Promise<void> {
    const { plan, host, nonce, assertIdle } = this.#context
    const metadata = formatClaim({
      run: plan.run,
      topic: plan.targetTopic,
      host,
      nonce,
      totals,
      task: taskOf(plan, this.#lane),
    })
    try {
      await this.#transaction.commitOffset([{ partition: this.#partition, offset, metadata }])
      // Ours is pending, so this shows the commit before it: a foreign one can no longer slip in underneath unseen.
      const [found] = await Promise.all([this.#committed(false), assertIdle()])
      this.#assertOurs(found.offset, found.claim)
      await this.#transaction.end(true)
    } catch (error) {
      throw await this.explain(error)
    }
    this.#known = { offset, before: this.#known?.offset ?? offset }
  }

  async abandon(): Promise<void> {
    await this.#transaction.end(false).catch(() => undefined)
  }

  #committed(stable: boolean): Promise<LaneCommit> {
    return laneCommit(this.#context, this.#partition, stable)
  }

  #assertOurs(offset: number, claim: ClaimNote | undefined): void {
    const { plan, nonce } = this.#context
    const known = this.#known
    if (claim?.run !== plan.run) throw this.#foreign(offset)
    if (claim.nonce !== nonce) throw fenced(claim)
    if (known !== undefined && offset < known.offset) throw this.#foreign(offset)
  }

  #foreign(offset: number): Error {
    const known = this.#known ?? { offset, before: offset }
    const [from, to] = offset < known.offset ? [Math.max(offset, 0), known.offset] : [known.before, offset]
    const where = offset < 0 ? 'its committed offset is gone' : `somebody else committed offset ${offset}`
    return new DoubtedRange(
      { lane: String(this.#partition), from: String(from), to: String(to) },
      `${where} for group ${this.#context.plan.group}; this run stood at ${known.offset}`,
    )
  }

  /** A fence is final only if somebody else's claim stands: our own expiry, or a runner that was refused, leaves ours. */
  async explain(error: unknown): Promise<unknown> {
    if (error instanceof BrokerError && error.code === 'UNKNOWN_SERVER_ERROR') return unsure(error)
    if (!(error instanceof BrokerError) || !FENCED.has(error.code)) return error
    const { plan, nonce } = this.#context
    for (const until = Date.now() + CLAIM_GRACE_MS; Date.now() < until; await pause(CLAIM_POLL_MS)) {
      const { claim } = await this.#committed(true)
      if (claim && (claim.run !== plan.run || claim.nonce !== nonce)) return fenced(claim)
    }
    return new BrokerError('The transaction ran out of time and was ended by the broker', {
      code: error.code,
      retry: true,
      cause: error,
    })
  }
}

/** A broker that was cut off from its controller answers so; what holds is found when the lane is opened anew. */
const unsure = (error: BrokerError): BrokerError =>
  new BrokerError(error.message, { code: error.code, hint: error.hint, retry: true, cause: error })

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
