import { NO_COUNTS } from '../../../core/counts.js'
import type { Batch, Opened, Sink, Source } from '../../../core/ports.js'
import type { LanePosition } from './lane-position.js'

/** One partition that the group passes without anybody reading it: offsets are counted, an upper bound of messages. */
export class SkippingLane implements Source<never>, Sink<never> {
  readonly lane: string
  readonly #position: LanePosition
  readonly #end: number
  #at = 0

  constructor(position: LanePosition) {
    this.lane = position.lane.lane
    this.#position = position
    this.#end = Number(position.lane.to)
  }

  get finished(): boolean {
    return this.#at >= this.#end
  }

  get settledAt(): number {
    return this.#at
  }

  get hasMoved(): boolean {
    return this.#at > Number(this.#position.lane.from)
  }

  async open(): Promise<Opened> {
    const { offset, recovered } = await this.#position.open()
    this.#at = offset
    const opened = { from: String(offset), to: String(Math.max(offset, this.#end)) }
    return recovered === undefined ? opened : { ...opened, recovered }
  }

  async *batches(soft: AbortSignal): AsyncGenerator<Batch<never>> {
    if (soft.aborted || this.finished) return
    const passed = BigInt(this.#end - this.#at)
    const counts = { ...NO_COUNTS, read: passed, dropped: passed }
    yield {
      cargo: async function* () {},
      settle: async () => {
        await this.#position.commit(this.#end, counts)
        this.#at = this.#end
        return { mark: String(this.#end), counts }
      },
      abandon: async () => undefined,
    }
  }

  async write(): Promise<void> {}

  async flush(): Promise<void> {}
}
