import { failpoint } from '../../../core/failpoint.js'
import type { PlanLane } from '../../../core/plan.js'
import { DoubtedRange, Refusal } from '../../../errors.js'
import { listOffsets } from '../admin/list-offsets.js'
import { commitOffsets } from '../admin/offsets.js'
import { initProducerId } from '../wire/transactions.js'
import { formatClaim, NO_TOTALS, type Totals, taskOf } from './claim.js'
import { fenced, type LaneCommit, laneCommit } from './lane-commit.js'
import type { RelayContext } from './lane-context.js'
import type { Producer } from './produce-queue.js'
import type { Settlement, Standing } from './settlement.js'
import { producersBetween } from './tail-producers.js'

/** A dead runner's last requests may still land: the ends must stand still this long before they count, in ms. */
const SETTLE_MS = 300

/**
 * Once after `resume`, by counting: routing is deterministic and each target has one writer, so the target's own end says
 * how much of the stream it holds. The group's commit carries the counts; what is beyond them is skipped, not sent again.
 */
export class ByCounting implements Settlement {
  readonly #context: RelayContext
  readonly #lane: PlanLane
  readonly #partition: number
  readonly #targets: readonly number[]
  readonly #expected = new Map<number, number>()
  #known: number | undefined
  #producerId = -1n
  #epoch = -1

  constructor(context: RelayContext, lane: PlanLane) {
    const partition = Number(lane.lane)
    this.#context = context
    this.#lane = lane
    this.#partition = partition
    const sources = context.plan.targetLanes / context.plan.factor
    this.#targets = Array.from({ length: context.plan.factor }, (_, block) => partition + sources * block)
  }

  get producer(): Producer {
    return { producerId: this.#producerId, epoch: this.#epoch, transactionalId: null }
  }

  async open(): Promise<Standing> {
    await this.#newProducer()
    const { offset, claim } = await this.#committed()
    if (claim?.run !== this.#context.plan.run) throw this.#foreign(offset)
    const counts = claim.counts ?? this.#targets.map(() => 0)
    const ends = await this.#settledEnds()
    const ahead = this.#targets.map((target, i) => (ends.get(target) ?? 0) - (counts[i] ?? 0))
    await this.#assertSoleWriter(counts, ends)
    for (const target of this.#targets) this.#expected.set(target, ends.get(target) ?? 0)
    this.#known = offset
    return { offset, totals: claim.totals ?? NO_TOTALS, counts, ahead }
  }

  async include(): Promise<void> {}

  acknowledged(partition: number, baseOffset: bigint, records: number): void {
    const expected = this.#expected.get(partition) ?? 0
    if (Number(baseOffset) !== expected) throw foreignWriter(this.#context.plan.targetTopic, partition, expected)
    this.#expected.set(partition, expected + records)
  }

  async commit(offset: number, totals: Totals, counts: readonly number[]): Promise<void> {
    const { source, plan, host, nonce, assertIdle } = this.#context
    await assertIdle()
    const found = await this.#committed()
    if (found.claim?.run !== plan.run || found.offset !== this.#known) throw this.#foreign(found.offset)
    if (found.claim.nonce !== nonce) throw fenced(found.claim)
    failpoint('before-commit')
    const metadata = formatClaim({
      run: plan.run,
      topic: plan.targetTopic,
      host,
      nonce,
      totals,
      task: taskOf(plan, this.#lane),
      counts,
    })
    await commitOffsets(source, plan.group, plan.sourceTopic, [{ partition: this.#partition, offset, metadata }])
    failpoint('after-offset-commit')
    this.#known = offset
  }

  async abandon(): Promise<void> {}

  async explain(error: unknown): Promise<unknown> {
    return error
  }

  async #newProducer(): Promise<void> {
    const wire = await this.#context.target.any()
    const got = await initProducerId(wire, { transactionalId: null, timeoutMs: 60_000 })
    await this.#context.noteProducer(got.producerId)
    // After a fault this same execution meets its own batches again.
    this.#context.producers.add(got.producerId)
    this.#producerId = got.producerId
    this.#epoch = got.epoch
  }

  #committed(): Promise<LaneCommit> {
    return laneCommit(this.#context, this.#partition, true)
  }

  async #settledEnds(): Promise<ReadonlyMap<number, number>> {
    for (let before = ''; ; ) {
      const found = await listOffsets(this.#context.target, this.#context.plan.targetTopic, this.#targets, 'latest')
      const ends = new Map([...found].map(([partition, at]) => [partition, at.offset]))
      const now = JSON.stringify([...ends].sort((a, b) => a[0] - b[0]))
      if (now === before) return ends
      before = now
      await new Promise(resolve => setTimeout(resolve, SETTLE_MS))
    }
  }

  async #assertSoleWriter(counts: readonly number[], ends: ReadonlyMap<number, number>): Promise<void> {
    const { target, targetLeaders, producers } = this.#context
    for (const [i, partition] of this.#targets.entries()) {
      const [from, to] = [counts[i] ?? 0, ends.get(partition) ?? 0]
      if (to < from) throw foreignWriter(this.#context.plan.targetTopic, partition, from)
      const seen =
        from < to ? await producersBetween({ link: target, leaders: targetLeaders, partition }, from, to) : []
      if (seen.some(id => !producers.has(id))) throw foreignWriter(this.#context.plan.targetTopic, partition, from)
    }
  }

  #foreign(offset: number): DoubtedRange {
    const known = this.#known ?? offset
    const range = {
      lane: String(this.#partition),
      from: String(Math.max(0, Math.min(known, offset))),
      to: String(Math.max(known, offset)),
    }
    return new DoubtedRange(
      range,
      `group ${this.#context.plan.group} stands at ${offset}, where this run did not put it`,
    )
  }
}

const foreignWriter = (topic: string, partition: number, from: number): Refusal =>
  new Refusal(
    `Somebody else writes to ${topic}, partition ${partition}: offset ${from} does not hold what this run put there`,
    {
      code: 'foreign-write',
      hint: 'Counting needs to be the only writer. Find the other producer, then undo this run and plan it again.',
    },
  )
