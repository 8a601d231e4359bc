import { setTimeout as sleep } from 'node:timers/promises'
import { listOffsets } from '../../../brokers/kafka/admin/list-offsets.js'
import { committedOffsets } from '../../../brokers/kafka/admin/offsets.js'
import type { Link } from '../../../brokers/kafka/link.js'
import type { Boundary } from '../../../brokers/kafka/relay/lane-context.js'
import { lanesGroupOf, unreadInLanes } from '../../../brokers/kafka/restore/unread.js'
import type { KafkaPlan } from '../../../core/plan.js'
import type { Gate } from '../../../core/ports.js'
import { BrokerError } from '../../../errors.js'

const LOOK_MS = 1000
/** A lane at its tail looks for more this often. */
const TAIL_MS = 250
/** A lag that is worked off in so many seconds is small. */
const SMALL_SECONDS = 5
/** Each transaction leaves a marker, which some readers do not commit past. */
const MARKERS_A_LANE = 2
/** Lanes of which nothing is read for so many looks have nobody who works them. */
const IDLE_LOOKS = 10

/** Closes once every partition was copied up to its tail and the readers of the lanes are close behind (`--until lanes-empty`). */
export class LanesBoundary implements Boundary {
  readonly #link: Link
  readonly #plan: KafkaPlan
  readonly #caughtUp = new Set<string>()
  #closed = false
  #before: { readonly at: number; readonly read: number } | undefined

  constructor(link: Link, plan: KafkaPlan) {
    this.#link = link
    this.#plan = plan
  }

  get closed(): boolean {
    return this.#closed
  }

  caughtUp(lane: string): void {
    this.#caughtUp.add(lane)
  }

  async changed(soft: AbortSignal): Promise<void> {
    await pause(TAIL_MS, soft)
  }

  /** Looks at the lanes until it closes or `soft` aborts. A broker that is away is the business of those who copy. */
  async watch(soft: AbortSignal): Promise<void> {
    while (!this.#closed && !soft.aborted) {
      await pause(LOOK_MS, soft)
      if (this.#caughtUp.size < this.#plan.lanes.length) continue
      this.#closed = await this.#isSmall().catch((error: unknown) => {
        if (!(error instanceof BrokerError)) throw error
        return false
      })
    }
  }

  async #isSmall(): Promise<boolean> {
    const { read, lag } = await lagOf(this.#link, this.#plan)
    const now = Date.now()
    const before = this.#before
    this.#before = { at: now, read }
    const perSecond = before === undefined ? 0 : ((read - before.read) / Math.max(1, now - before.at)) * 1000
    return lag <= Math.max(this.#plan.targetLanes * MARKERS_A_LANE, perSecond * SMALL_SECONDS)
  }
}

/** Waits until the lanes are read to their ends; tells at the gate when nobody seems to work them. Throws the signal's reason. */
export async function untilLanesEmpty(
  { link, plan, gate }: { link: Link; plan: KafkaPlan; gate: Gate },
  soft: AbortSignal,
): Promise<void> {
  let [last, idle] = [-1n, 0]
  for (;;) {
    const { unread } = await unreadInLanes(link, plan)
    if (unread === 0n) break
    idle = unread === last ? idle + 1 : 0
    last = unread
    if (idle >= IDLE_LOOKS) gate.trouble('lanes', `lanes: ${unread} unread, and nobody works them (${handledBy(plan)})`)
    else gate.recovered('lanes')
    await pause(LOOK_MS, soft)
    soft.throwIfAborted()
  }
  gate.recovered('lanes')
}

const handledBy = ({ run }: KafkaPlan): string => `spillway fanout ${run} --exec CMD --execute`

/** By offsets, markers and aborted records included. */
async function lagOf(link: Link, plan: KafkaPlan): Promise<{ read: number; lag: number }> {
  const partitions = Array.from({ length: plan.targetLanes }, (_, partition) => partition)
  const [starts, ends, commits] = await Promise.all([
    listOffsets(link, plan.targetTopic, partitions, 'earliest'),
    listOffsets(link, plan.targetTopic, partitions, 'stable'),
    committedOffsets(link, lanesGroupOf(plan), { topic: plan.targetTopic, partitions }),
  ])
  const committed = commits.get(plan.targetTopic)
  let [read, lag] = [0, 0]
  for (const partition of partitions) {
    const at = committed?.get(partition)?.offset ?? starts.get(partition)?.offset ?? 0
    read += at
    lag += Math.max(0, (ends.get(partition)?.offset ?? 0) - at)
  }
  return { read, lag }
}

const pause = (ms: number, soft: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal: soft }).catch(() => undefined)
