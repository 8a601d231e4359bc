import { defined } from '../../../core/defined.js'
import type { RunEvent } from '../../../core/event.js'
import type { WorkOrder } from '../../../core/fanout-plan.js'
import type { QueueType } from '../../../core/queue-plan.js'
import type { Intake, Taken, WorkGate } from '../../../fanout/ports.js'
import type { RabbitLink } from '../link.js'
import type { Management } from '../management.js'
import { Signal } from '../relay/signal.js'
import { usualLimit } from './delivery-limit.js'
import { agreedDepth, Depth } from './depth.js'
import { HoldWatch } from './hold-watch.js'
import { countsOf, LaneLocks } from './lane-locks.js'
import { type DeliveryLimit, isFixed, type LaneEnded, type LaneParts } from './lane-parts.js'
import { type LaneState, stateOf } from './lane-state.js'
import { OpenMarks } from './open-marks.js'
import { QueueLane } from './queue-lane.js'
import { mayPass, Reconnecting } from './reconnecting.js'
import { depthsDiffer, otherDepth } from './same-depth.js'
import { isMine, type Share, Slots } from './slots.js'
import { unackedOf } from './unacked.js'
import { workNames } from './work-names.js'

/** Other processes are looked for this often. Milliseconds. */
const LOOK_MS = 2000
/** A lane that somebody else has is asked for again this often, and one that others work is looked at. Milliseconds. */
const AGAIN_MS = 500
/** Looks in a row that find a lane of others empty and left. */
const LEFT_LOOKS = 3
/** Work in hand has no limit but the server's consumer_timeout, of 30 minutes unless told. Milliseconds. */
const PATIENCE_MS = 60_000
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
  /** Called before so many messages are acked. */
  readonly beforeAcks?: (messages: number) => Promise<void>
  /** What is told before anything is taken. */
  readonly told?: readonly RunEvent[]
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

type At = { readonly link: RabbitLink; readonly marks: OpenMarks }

class LaneQueues implements Intake {
  readonly patienceMs = PATIENCE_MS
  readonly #options: LaneQueuesOptions
  readonly #lanes: readonly LaneState[]
  readonly #slots: Slots
  readonly #locks: LaneLocks
  /** Of this process among those that compete. */
  readonly #marks: OpenMarks
  readonly #connection: Reconnecting
  readonly #changed = new Signal()
  readonly #holds: HoldWatch
  #share = ALONE
  #nextLook = 0
  /** Messages went back that a handler may have seen. */
  #unclean = false

  constructor(options: LaneQueuesOptions) {
    this.#options = options
    this.#lanes = options.queues.map(stateOf)
    this.#holds = new HoldWatch(options.gate)
    this.#slots = new Slots(options.run)
    this.#locks = new LaneLocks(options.run, options.warn)
    this.#marks = new OpenMarks(workNames(options.run).open)
    this.#connection = new Reconnecting({
      connect: () => options.connect('fanout'),
      gate: options.gate,
      name: `spillway.fanout.${options.run}`,
      prepare: async link => {
        this.#slots.forget()
        this.#nextLook = 0
        if (!this.#isShared) await this.#marks.set(link)
      },
    })
  }

  async connect(): Promise<void> {
    await this.#connection.link(new AbortController().signal)
  }

  async *take(soft: AbortSignal): AsyncGenerator<Taken> {
    for (const event of this.#options.told ?? []) yield { event }
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

  /** Where it matters for the order: sees to it that all processes take the same number of messages at a time. Throws Refusal `other-depth`. */
  async #agree(link: RabbitLink): Promise<void> {
    const { run, queueType, ahead = AHEAD, queues } = this.#options
    if (!isFixed(link, queueType)) return
    const ours = agreedDepth(ahead, queues.length)
    const theirs = await otherDepth(link, workNames(run).depth, ours)
    if (theirs !== undefined) throw depthsDiffer(ours, theirs)
  }

  async *#round(link: RabbitLink): AsyncGenerator<Taken> {
    if (this.#isShared && Date.now() >= this.#nextLook) {
      await this.#agree(link)
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
    const marks = this.#isShared ? await this.#locks.take(lane, link) : this.#marks
    if (marks === undefined) return undefined
    lane.life = new QueueLane(this.#partsOf(lane, { link, marks }))
    return { lane: lane.life }
  }

  /** A lane that others work is finished when it is empty, nobody consumes it and nobody holds its name. */
  async #isLeft(lane: LaneState, link: RabbitLink): Promise<{ event: RunEvent } | undefined> {
    const isWhole = await this.#options.isWhole()
    const { messages, consumers } = await countsOf(lane, link)
    const isEmpty = isWhole && messages + consumers === 0 && !(await this.#locks.isHeld(lane, link))
    lane.left = isEmpty ? lane.left + 1 : 0
    if (lane.left < LEFT_LOOKS) return undefined
    lane.finished = true
    return { event: { type: 'finished', at: this.#options.now().toISOString(), lane: lane.lane, mark: '0' } }
  }

  #partsOf(lane: LaneState, { link, marks }: At): LaneParts {
    const { queueType, key, prefetch, ahead = AHEAD, bodyBytes, isWhole, management, beforeAcks } = this.#options
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
      dropsAcks: queueType !== 'classic',
      doubtful: async redelivered => (this.#unclean || (await marks.areDoubtful(link)) ? redelivered : 0),
      ...defined({ beforeAcks }),
      ended: end => this.#ended(lane, { link, marks }, end),
    }
  }

  async #ended(lane: LaneState, at: At, { finished, givenBack }: LaneEnded): Promise<void> {
    if (finished) lane.finished = true
    // With the connection the name has gone as well, and the mark stays.
    if (!at.link.lost.aborted) {
      if (this.#isShared) await this.#leave(lane, at, { finished, givenBack }).catch(() => undefined)
      else this.#unclean ||= !finished && givenBack === undefined
    }
    lane.life = undefined
    lane.again = 0
    this.#changed.wake()
  }

  /** What goes wrong here leaves the mark, and the connection takes the name. */
  async #leave(lane: LaneState, { link, marks }: At, { finished, givenBack }: Omit<LaneEnded, 'settled'>) {
    if (finished) await marks.clearAll(link)
    else if (givenBack !== undefined) await marks.clear(link)
    await this.#locks.release(lane, link)
  }

  /** A hold that lasts: messages go back, and come again when it is lifted. */
  async #endWhatIsHeld(): Promise<void> {
    if (this.#holds.isLong) await Promise.all(this.#lanes.map(({ life }) => life?.forsake()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lanes.map(({ life }) => life?.close(false)))
    const link = this.#connection.alive
    if (!this.#isShared && link !== undefined) await this.#sayGoodbye(link).catch(() => undefined)
    await this.#connection.close()
  }

  /** What goes wrong here leaves the mark: too much is doubted then. */
  async #sayGoodbye(link: RabbitLink): Promise<void> {
    if (this.#isOver) await this.#marks.clearAll(link)
    else if (!this.#unclean) await this.#marks.clear(link)
  }
}
