import { connect } from '../../../brokers/rabbitmq/link.js'
import { openQueueRelay, type QueueRelay } from '../../../brokers/rabbitmq/relay/open-relay.js'
import { CLEARED, type HoldGate } from '../../../core/gate.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import type { Pacer } from '../../../core/rate.js'
import type { Recorder } from '../../run/recorder.js'
import { withLimitOfNow } from '../drain/limit.js'
import { parking } from '../drain/park.js'
import type { Windows } from '../drain/window.js'
import type { Work } from './carry-out.js'
import type { Standing } from './facts.js'

/** What all lanes of one undo share. */
export type Back = {
  /** It leads to the source. */
  readonly exchange: string
  readonly recorder: Recorder
  /** An undo of this run began before. */
  readonly again: boolean
  readonly pacer: Pacer
  /** Messages may carry another's user-id. */
  readonly userId: boolean
}

type Opening = Work & Back & { readonly windows: Windows; readonly gate: HoldGate }

/** The way from one lane back to the source, locked. Throws as `openQueueRelay` does. */
export const openLane = async (
  { plan, links, folder, now, signals, ...opening }: Opening,
  lane: Standing,
): Promise<QueueRelay> => {
  const { windows, gate, exchange, userId, again, pacer } = opening
  return openQueueRelay({
    plan: await withLimitOfNow(asLane(plan, lane, exchange), links, signals.soft),
    connect: purpose => connect(links.settings, `${plan.run} undo ${purpose}`),
    journalled: { read: 0n, written: 0n },
    resumed: again,
    allow: signal => pacer.grant(signal),
    park: parking(folder, now),
    release: reason => gate.release(reason, CLEARED),
    noteWindow: messages => windows.note(messages),
    noteDoubt: (messages, why) => windows.doubt(messages, why),
    putBack: { userId, counts: plan.queueType === 'quorum' },
  })
}

/** A lane as the source of a plan of its own, up to its end. */
const asLane = (plan: QueuePlan, { name, ready }: Standing, exchange: string): QueuePlan => {
  const { key: _none, first: _all, rate: _free, deliveryLimit: _ofSource, ...rest } = plan
  const whole = { lane: name, from: '0', to: String(ready), messages: BigInt(ready), targets: [0] }
  return {
    ...rest,
    queue: name,
    lanes: [whole],
    laneQueues: [exchange],
    order: 'none',
    // Until it is empty: what somebody puts back meanwhile belongs to the source as well.
    until: 'caught-up',
    singleActiveConsumer: false,
    setAside: { expiration: false, userId: false },
  }
}
