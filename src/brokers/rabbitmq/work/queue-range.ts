import { setTimeout as sleep } from 'node:timers/promises'
import { defined } from '../../../core/defined.js'
import type { RunEvent } from '../../../core/event.js'
import type { FanoutPlan } from '../../../core/fanout-plan.js'
import type { QueueType } from '../../../core/queue-plan.js'
import type { Intake, Taken, WorkGate } from '../../../fanout/ports.js'
import { lookAt } from '../admin/passive-declare.js'
import { takeLock } from '../admin/take-lock.js'
import { HEARTBEAT_S, type RabbitLink } from '../link.js'
import type { Management } from '../management.js'
import { consumerSeen } from '../relay/intake-parts.js'
import { OwnConsumers } from '../relay/own-consumers.js'
import { Signal } from '../relay/signal.js'
import { watchConsumers } from '../watch-consumers.js'
import { usualLimit } from './delivery-limit.js'
import { Depth } from './depth.js'
import { GivenBack } from './given-back.js'
import { HoldWatch } from './hold-watch.js'
import { type DeliveryLimit, isFixed, type LaneParts } from './lane-parts.js'
import { queueDeleted } from './queue-deleted.js'
import { QueueLane } from './queue-lane.js'
import { mayPass, Reconnecting } from './reconnecting.js'

const LOOK_MS = 250
/** One's own consumer may be counted for a while after its channel or connection ended. Milliseconds. */
const OWN_MS = 10_000
const PATIENCE_MS = 60_000
const AHEAD = 20

export type QueueRangeOptions = {
  /** Dials a new connection; called again after each loss. `purpose` stands in its name. */
  readonly connect: (purpose: string) => Promise<RabbitLink>
  /** `topic` is the queue, the `to` of its only lane the captured number of messages. */
  readonly plan: Pick<FanoutPlan, 'topic' | 'lanes' | 'expect' | 'vhost' | 'key'>
  readonly queueType?: QueueType
  /** The queue delivers to one consumer at a time, and takes no exclusive one. */
  readonly singleActiveConsumer?: boolean
  readonly prefetch?: number
  /** Messages that keep all handlers of this process busy. */
  readonly ahead?: number
  readonly deliveryLimit?: DeliveryLimit
  /** Captured messages that earlier executions of this run have settled. */
  readonly already?: number
  /** An earlier execution may have left a connection that the server has not noticed to be dead: its lock is waited for. */
  readonly resumed?: boolean
  readonly management: Management
  readonly gate: WorkGate
  readonly warn: (message: string) => void | Promise<void>
  /** Messages that an earlier execution of this run gave back unseen at its end in order. */
  readonly givenBack?: number
  /** Called at an end in order that gives back so many messages unseen. */
  readonly noteGivenBack?: (messages: number) => Promise<void>
  /** Called before so many messages are acked. */
  readonly beforeAcks?: (messages: number) => Promise<void>
  /** What is told before anything is taken. */
  readonly told?: readonly RunEvent[]
  readonly now: () => Date
}

/**
 * The messages of a source queue, as many as were captured, under its lock and with a watch over other consumers. Throws Refusal `claimed`,
 * UserError as `connect`.
 */
export async function openQueueRange(options: QueueRangeOptions): Promise<Intake> {
  const range = new QueueRange(options)
  await range.connect()
  return range
}

class QueueRange implements Intake {
  readonly patienceMs = PATIENCE_MS
  readonly #options: QueueRangeOptions
  readonly #queue: string
  readonly #captured: number
  readonly #connection: Reconnecting
  readonly #consumers: OwnConsumers
  readonly #depth: Depth
  readonly #changed = new Signal()
  readonly #holds: HoldWatch
  readonly #back: GivenBack
  #settled: number
  #life: QueueLane | undefined
  #finished = false

  constructor(options: QueueRangeOptions) {
    const { plan, gate, connect, resumed, already = 0, ahead = AHEAD } = options
    const { messages, bytes } = plan.expect
    const bodyBytes = messages > 0n ? Number(bytes / messages) : undefined
    this.#depth = new Depth({ most: options.prefetch, ahead, bodyBytes, lanes: () => 1, now: Date.now })
    this.#options = options
    this.#queue = plan.topic
    this.#captured = Number(plan.lanes[0]?.to ?? 0)
    this.#settled = already
    this.#back = new GivenBack(options.givenBack)
    this.#consumers = new OwnConsumers(options.queueType !== 'classic')
    this.#holds = new HoldWatch(gate)
    this.#connection = new Reconnecting({
      connect: () => connect('fanout'),
      gate,
      name: plan.topic,
      // One's own connection may be dead without the broker knowing: two heartbeats tell it.
      prepare: (link, isFirst) => takeLock(link, plan.topic, isFirst && resumed !== true ? 0 : 2000 * HEARTBEAT_S),
    })
  }

  async connect(): Promise<void> {
    await this.#connection.link(new AbortController().signal)
  }

  async *take(soft: AbortSignal): AsyncGenerator<Taken> {
    for (const event of this.#options.told ?? []) yield { event }
    const watching = new AbortController()
    const watch = this.#watch(watching.signal)
    try {
      while (!soft.aborted && !this.#finished) {
        const lane = this.#life === undefined ? await this.#begun(soft) : undefined
        if (lane !== undefined) yield { lane }
        if (this.#holds.isLong) await this.#life?.forsake()
        if (!this.#finished) await this.#changed.wait(LOOK_MS, soft)
      }
    } finally {
      watching.abort()
      await watch
    }
    const missing = this.#captured - this.#settled
    if (!this.#finished || missing <= 0) return
    const message = `expired or taken by others: ${missing} of the messages that were ready when the run began`
    yield { event: { type: 'warned', at: this.#options.now().toISOString(), message } }
  }

  /** A new life of the queue, where it may be worked now. */
  async #begun(soft: AbortSignal): Promise<QueueLane | undefined> {
    try {
      const link = await this.#connection.link(soft)
      if (this.#options.gate.closed || !(await this.#isFree(link))) return undefined
      this.#life = new QueueLane(this.#partsOf(link))
      return this.#life
    } catch (error) {
      if (!soft.aborted && !mayPass(error)) throw error
      return undefined
    }
  }

  /** Nobody else consumes it; where somebody does it is held, as the watch would. */
  async #isFree(link: RabbitLink): Promise<boolean> {
    for (const until = Date.now() + OWN_MS; ; await sleep(LOOK_MS)) {
      const seen = await lookAt(link, this.#queue)
      if (seen === undefined) throw queueDeleted(this.#queue)
      if (seen.consumers === 0) return true
      if (this.#consumers.count(Number.POSITIVE_INFINITY) === 0 || Date.now() > until) break
    }
    this.#options.gate.hold(consumerSeen(this.#queue), 'operator')
    return false
  }

  #partsOf(link: RabbitLink): LaneParts {
    const { plan, queueType, singleActiveConsumer, beforeAcks } = this.#options
    const deliveryLimit = this.#options.deliveryLimit ?? usualLimit(link, queueType)
    return {
      link,
      queue: this.#queue,
      reading: { target: this.#queue, lane: plan.lanes[0]?.lane ?? this.#queue, ...defined({ key: plan.key }) },
      exclusive: queueType === 'classic' && singleActiveConsumer !== true,
      isAlone: true,
      depth: this.#depth,
      fixed: isFixed(link, queueType),
      limit: Math.max(0, this.#captured - this.#settled),
      isWhole: () => true,
      consumers: this.#consumers,
      ...defined({ deliveryLimit }),
      dropsAcks: queueType !== 'classic',
      doubtful: redelivered => this.#back.doubtful(redelivered),
      ...defined({ beforeAcks }),
      ended: ({ finished, settled, givenBack }) => {
        this.#back.ended(givenBack)
        this.#settled += settled
        this.#finished = finished
        this.#life = undefined
        this.#changed.wake()
      },
    }
  }

  /** Over whichever connection lives; while none does there is nothing to see. */
  #watch(signal: AbortSignal): Promise<void> {
    const { management, plan, gate, warn } = this.#options
    const look = async (queue: string) => {
      const link = this.#connection.alive
      return link === undefined ? undefined : lookAt(link, queue)
    }
    const mostOwn = () => this.#consumers.most(this.#life?.lowest ?? Number.POSITIVE_INFINITY)
    const watched = { look, management, vhost: plan.vhost ?? '/', queue: this.#queue, gate, mostOwn }
    return watchConsumers({ ...watched, warn: async message => warn(message) }, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#life?.close(false)
    if (this.#back.messages > 0) await this.#options.noteGivenBack?.(this.#back.messages)
    await this.#connection.close()
  }
}
