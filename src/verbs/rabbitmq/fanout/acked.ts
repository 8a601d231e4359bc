import { lookAt } from '../../../brokers/rabbitmq/admin/passive-declare.js'
import type { RabbitLink } from '../../../brokers/rabbitmq/link.js'
import { readyWhenStill } from '../../../brokers/rabbitmq/relay/recover.js'
import { NO_COUNTS } from '../../../core/counts.js'
import type { RunEvent } from '../../../core/event.js'
import type { FanoutPlan } from '../../../core/fanout-plan.js'
import type { RunSoFar } from '../../../core/fold.js'

/** What a queue says of one lane against the journal. */
export type LaneLook = {
  readonly lane: string
  /** Messages that were there when the run was planned, and that are ready now. */
  readonly planned: number
  readonly ready: number
  /** Somebody consumes it now. */
  readonly isShared: boolean
  /** Messages that this run journalled as handled. */
  readonly journalled: number
}

/** Acks that a killed execution did not live to journal. */
export type Found = {
  /** By lane, as far as they are known. */
  readonly acked: readonly { readonly lane: string; readonly messages: number }[]
  /** There may be so many more. */
  readonly more: number
}

/** Looks at the queues of a plan, once what the dead connection held has come back. Throws BrokerError. */
export const lookAtAcked = (link: RabbitLink, plan: FanoutPlan, state: RunSoFar): Promise<readonly LaneLook[]> =>
  Promise.all(
    plan.lanes.map(async ({ lane, to }, i) => {
      const queue = plan.laneQueues?.[i] ?? plan.topic
      const journalled = Number(state.lanes.get(lane)?.read ?? 0n)
      const ready = await readyWhenStill(link, queue)
      const seen = await lookAt(link, queue)
      return { lane, planned: Number(to), ready, isShared: (seen?.consumers ?? 0) > 0, journalled }
    }),
  )

/**
 * What was acked and not journalled, of `most` that the journal allows: what is missing from the queues. Exact where only this run takes from
 * them and nothing is added (`isWhole`); where more is missing than can be, others took it too, and nothing is known but `most`. Pure.
 */
export function foundIn(looks: readonly LaneLook[], most: number, isWhole: boolean): Found {
  const missing = looks.map(({ lane, planned, ready, journalled }) => ({
    lane,
    messages: planned - ready - journalled,
  }))
  const acked = missing.filter(({ messages }) => messages > 0)
  const sum = acked.reduce((all, { messages }) => all + messages, 0)
  const isAlone = looks.every(({ isShared }) => !isShared)
  if (!isAlone || sum > most) return { acked: [], more: most }
  const isExact = isWhole && missing.every(({ messages }) => messages >= 0)
  return { acked, more: isExact ? 0 : most - sum }
}

/** The same as events of the run. Pure. */
export function foundInWords({ acked, more }: Found, at: string): RunEvent[] {
  const settled = acked.map(({ lane, messages }): RunEvent => {
    const [read, written] = [BigInt(messages), BigInt(messages)]
    return { type: 'settled', at, lane, mark: '0', counts: { ...NO_COUNTS, read, written } }
  })
  if (more === 0) return settled
  const message = `acked but not journalled: at most ${more} messages, handled by an execution that was killed and not in this sheet`
  return [...settled, { type: 'warned', at, message }]
}
