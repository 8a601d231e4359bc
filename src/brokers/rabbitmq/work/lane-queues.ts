import { defined } from '../../../core/defined.js'
import type { RunEvent } from '../../../core/event.js'
import type { WorkOrder } from '../../../core/fanout-plan.js'
import type { QueueType } from '../../../core/queue-plan.js'
import type { Intake, Taken, WorkGate } from '../../../fanout/ports.js'
import { lookAt } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'
import type { Management } from '../management.js'
import { Signal } from '../relay/signal.js'
import { usualLimit } from './delivery-limit.js'
import { Depth } from './depth.js'
import { isHeld, releaseName, takeName } from './exclusive-name.js'
import { HoldWatch } from './hold-watch.js'
import { type DeliveryLimit, isFixed, type LaneParts } from './lane-parts.js'
import { type LaneState, stateOf } from './lane-state.js'
import { queueDeleted } from './queue-deleted.js'
import { QueueLane } from './queue-lane.js'
import { mayPass, Reconnecting } from './reconnecting.js'
import { isMine, type Share, Slots } from './slots.js'
import { unackedOf } from './unacked.js'

/** Other processes are looked for this often. Milliseconds. */
const LOOK_MS = 2000
/** A lane that somebody else has is asked for again this often, and one that others work is looked at. Milliseconds. */
const AGAIN_MS = 500
/** Looks in a row that find a lane of others empty and left. */
const LEFT_LOOKS = 3
/** Work in hand has no limit but the server's consumer_timeout, of 30 minutes unless told. Milliseconds. */
const PATIENCE_MS = 60_000
/** So long an unknown consumer of a lane is taken for one that is just leaving. Milliseconds. */
const STRANGE_MS = 10_000
const ALONE: Share = { rank: 0, of: 1 }
/** Handlers that are to be kept busy, where nobody says how many. */
const AHEAD = 20

export type LaneQueuesOptions = {
  /** Dials a new connection; called again after each loss. `purpose` stands in its name. */
  readonly connect: (purpose: string) => Promise<RabbitLink>
  /** The run whose lanes these are: it names the slots. */
  readonly run: string
  /** `QUEUE.spill.RUN.00` and on; a lane is named by what stands behind the last dot. */
  readonly queues: readonly string[]
  /** Unknown: treated as quorum queues, which costs classic ones nothing but a little speed. */
  readonly queueType?: QueueType
  readonly order: WorkOrder
  /** What the key of a message is: `routing-key`, `header:NAME`, `property:NAME`. */
  readonly key?: string
  /** While it is closed no lane is taken, and after 60 s what is in hand goes back, before the server's consumer_timeout. */
  readonly gate: WorkGate
  /** Whether all that belongs into the lanes is there: the drain is complete. */
  readonly isWhole: () => boolean | Promise<boolean>
  /** Messages unacked at most, a lane. */
  readonly prefetch?: number
  /** Messages that keep all handlers of this process busy. */
  readonly ahead?: number
  /** Bytes of a body, as far as the plan knows. */
  readonly bodyBytes?: number
  readonly deliveryLimit?: DeliveryLimit
  readonly management?: Management
  readonly warn: (message: string) => void | Promise<void>
  readonly now: () => Date
}

/**
 * The lanes of a drain, for this process: with order `none` all of them, in competition with others; with any order one consumer a lane at a
 * time, and the lanes are shared out among the processes by slots. Throws UserError as `connect`, or `permission`.
 */
export async function openLaneQueues(options: LaneQueuesOptions): Promise<Intake> {
  const intake = new LaneQueues(options)
  await intake.connect()
  return intake
}

class LaneQueues implements Intake {
  readonly patienceMs = PATIENCE_MS
  readonly #options: LaneQueuesOptions
  readonly #lanes: readonly LaneState[]
  readonly #slots: Slots
  readonly #connection: Reconnecting
  readonly #changed = new Signal()
  readonly #holds: HoldWatch
  #share = ALONE
  #nextLook = 0

  constructor(options: LaneQueuesOptions) {
    this.#options = options
    this.#lanes = options.queues.map(stateOf)
    this.#holds = new HoldWatch(options.gate)
    this.#slots = new Slots(options.run)
    this.#connection = new Reconnecting({
      connect: () => options.connect('fanout'),
      gate: options.gate,
      name: `spillway.fanout.${options.run}`,
      prepare: async () => {
        this.#slots.forget()
        this.#nextLook = 0
      },
    })
  }

  async connect(): Promise<void> {
    await this.#connection.link(new AbortController().signal)
  }

  async *take(soft: AbortSignal): AsyncGenerator<Taken> {
    while (!soft.aborted && !this.#isOver) {
      try {
        yield* this.#round(await this.#connection.link(soft))
      } catch (error) {
        if (soft.aborted) return
        if (!mayPass(error)) throw error
      }
      await this.#endWhatIsHeld()
      if (!this.#isOver) await this.#changed.wait(AGAIN_MS, soft)
    }
  }

  get #isOver(): boolean {
    return this.#lanes.every(({ finished }) => finished)
  }

  get #isShared(): boolean {
    return this.#options.order !== 'none'
  }

  async *#round(link: RabbitLink): AsyncGenerator<Taken> {
    if (this.#isShared && Date.now() >= this.#nextLook) {
      this.#share = await this.#slots.look(link)
      this.#nextLook = Date.now() + LOOK_MS
    }
    for (const lane of this.#lanes) {
      const isDue = !lane.finished && Date.now() >= lane.again
      const taken = isDue ? await this.#visit(lane, link) : undefined
      if (taken !== undefined) yield taken
    }
  }

  async #visit(lane: LaneState, link: RabbitLink): Promise<Taken | undefined> {
    const isMineNow = isMine(lane.number, this.#share)
    if (lane.life !== undefined) {
      if (!isMineNow) lane.life.leave()
      return undefined
    }
    lane.again = Date.now() + AGAIN_MS
    if (!isMineNow) return this.#isLeft(lane, link)
    if (this.#options.gate.closed) return undefined
    if (this.#isShared && !(await this.#lock(lane, link))) return undefined
    lane.life = new QueueLane(this.#partsOf(lane, link))
    return { lane: lane.life }
  }

  /** Takes the name of a lane, and waits until whoever had it before is gone from its queue with all that it held. */
  async #lock(lane: LaneState, link: RabbitLink): Promise<boolean> {
    const name = this.#nameOf(lane)
    if (!(await takeName(link, name))) return false
    const { consumers } = await this.#counts(lane, link)
    if (consumers === 0) {
      lane.strange = undefined
      return true
    }
    await releaseName(link, name)
    await this.#wonder(lane)
    return false
  }

  async #wonder(lane: LaneState): Promise<void> {
    lane.strange ??= { since: Date.now(), told: false }
    if (lane.strange.told || Date.now() - lane.strange.since < STRANGE_MS) return
    lane.strange.told = true
    await this.#options.warn(`somebody else consumes ${lane.queue}: it is worked here when they have left`)
  }

  /** A lane that others work is finished when it is empty, nobody consumes it and nobody holds its name. */
  async #isLeft(lane: LaneState, link: RabbitLink): Promise<{ event: RunEvent } | undefined> {
    const isWhole = await this.#options.isWhole()
    const { messages, consumers } = await this.#counts(lane, link)
    const isEmpty = isWhole && messages + consumers === 0 && !(await isHeld(link, this.#nameOf(lane)))
    lane.left = isEmpty ? lane.left + 1 : 0
    if (lane.left < LEFT_LOOKS) return undefined
    lane.finished = true
    return { event: { type: 'finished', at: this.#options.now().toISOString(), lane: lane.lane, mark: '0' } }
  }

  async #counts({ queue }: LaneState, link: RabbitLink) {
    const seen = await lookAt(link, queue)
    if (seen === undefined) throw queueDeleted(queue)
    return seen
  }

  #nameOf({ lane }: LaneState): string {
    return `spillway.fanout.${this.#options.run}.lane.${lane}`
  }

  #partsOf(lane: LaneState, link: RabbitLink): LaneParts {
    const { queueType, key, prefetch, ahead = AHEAD, bodyBytes, isWhole, management } = this.#options
    const deliveryLimit = this.#options.deliveryLimit ?? usualLimit(link, queueType)
    const lanes = () =>
      this.#lanes.filter(each => each.life !== undefined || (!each.finished && isMine(each.number, this.#share))).length
    lane.depth ??= new Depth({ most: prefetch, ahead, bodyBytes, lanes, all: this.#lanes.length, now: Date.now })
    return {
      link,
      queue: lane.queue,
      reading: { target: lane.target, lane: lane.lane, ...defined({ key }) },
      exclusive: this.#isShared && queueType !== 'quorum',
      isAlone: this.#isShared,
      depth: lane.depth,
      fixed: isFixed(link, queueType),
      isWhole,
      ...(management && { unacked: () => unackedOf(management, link.settings.vhost, lane.queue) }),
      ...defined({ deliveryLimit }),
      ended: ({ finished }) => this.#ended(lane, link, finished),
    }
  }

  async #ended(lane: LaneState, link: RabbitLink, finished: boolean): Promise<void> {
    if (finished) lane.finished = true
    // With the connection the name has gone as well.
    if (this.#isShared && !link.lost.aborted) await releaseName(link, this.#nameOf(lane)).catch(() => undefined)
    lane.life = undefined
    lane.again = 0
    this.#changed.wake()
  }

  /** A hold that lasts: messages go back, and come again when it is lifted. */
  async #endWhatIsHeld(): Promise<void> {
    if (this.#holds.isLong) await Promise.all(this.#lanes.map(({ life }) => life?.forsake()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lanes.map(({ life }) => life?.close(false)))
    await this.#connection.close()
  }
}
