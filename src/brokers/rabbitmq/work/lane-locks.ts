import { lookAt, type QueueCounts } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'
import { isHeld, releaseName, takeName } from './exclusive-name.js'
import type { LaneState } from './lane-state.js'
import { OpenMarks } from './open-marks.js'
import { queueDeleted } from './queue-deleted.js'
import { type WorkNames, workNames } from './work-names.js'

/** So long an unknown consumer of a lane is taken for one that is just leaving. Milliseconds. */
const STRANGE_MS = 10_000

/** How the processes of a run see to it that a lane with an order has one consumer at a time, and what each tells the next by its mark. */
export class LaneLocks {
  readonly #names: WorkNames
  readonly #warn: (message: string) => void | Promise<void>

  constructor(run: string, warn: (message: string) => void | Promise<void>) {
    this.#names = workNames(run)
    this.#warn = warn
  }

  /** Takes the name of a lane, and waits until whoever had it before is gone from its queue with all that it held; sets its mark. */
  async take(lane: LaneState, link: RabbitLink): Promise<OpenMarks | undefined> {
    const name = this.#names.lane(lane.lane)
    if (!(await takeName(link, name))) return undefined
    const { consumers } = await countsOf(lane, link)
    if (consumers === 0) {
      lane.strange = undefined
      const marks = new OpenMarks([this.#names.laneOpen(lane.lane)])
      await marks.set(link)
      return marks
    }
    await releaseName(link, name)
    await this.#wonder(lane)
    return undefined
  }

  async #wonder(lane: LaneState): Promise<void> {
    lane.strange ??= { since: Date.now(), told: false }
    if (lane.strange.told || Date.now() - lane.strange.since < STRANGE_MS) return
    lane.strange.told = true
    await this.#warn(`somebody else consumes ${lane.queue}: it is worked here when they have left`)
  }

  isHeld({ lane }: LaneState, link: RabbitLink): Promise<boolean> {
    return isHeld(link, this.#names.lane(lane))
  }

  async release({ lane }: LaneState, link: RabbitLink): Promise<void> {
    await releaseName(link, this.#names.lane(lane))
  }
}

/** Looks at the queue of a lane. Throws RunError `queue-gone`, BrokerError. */
export async function countsOf({ queue }: LaneState, link: RabbitLink): Promise<QueueCounts> {
  const seen = await lookAt(link, queue)
  if (seen === undefined) throw queueDeleted(queue)
  return seen
}
