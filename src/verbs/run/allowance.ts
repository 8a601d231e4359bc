import type { Pacer } from '../../core/rate.js'

/** What a lane may move now; it settles what it used of it. */
export type Allowed = {
  readonly records: number
  readonly bytes: number
  settle(used: { readonly records: number; readonly bytes: number }): void
}

const NOTHING: Allowed = { records: 0, bytes: 0, settle: () => undefined }

/**
 * What a lane may move before it settles: the rate's share, and with a canary no more than is left of its N messages.
 * Chunks are small enough that each lane gets its turn.
 */
export class Allowance {
  readonly #pacer: Pacer
  readonly #chunk: number
  #left: number
  #lent = 0

  /** `first`: the canary's N; `already`: what earlier executions of the run have read of it. */
  constructor(pacer: Pacer, parts: { first: number | undefined; already: bigint; lanes: number }) {
    this.#pacer = pacer
    this.#left = parts.first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, parts.first - Number(parts.already))
    this.#chunk =
      parts.first === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(parts.first / parts.lanes))
  }

  /** All N messages of the canary are settled. */
  get used(): boolean {
    return this.#left === 0 && this.#lent === 0
  }

  /** Waits for the rate; zero records once the canary has had its N. */
  async take(soft: AbortSignal): Promise<Allowed> {
    const grant = await this.#pacer.grant(soft)
    if (this.#left === Number.POSITIVE_INFINITY) return grant
    const records = Math.min(grant.records, this.#chunk, this.#left)
    if (records <= 0) {
      grant.settle({ records: 0, bytes: 0 })
      return NOTHING
    }
    this.#left -= records
    this.#lent += records
    return {
      records,
      bytes: grant.bytes,
      settle: used => {
        this.#left += records - used.records
        this.#lent -= records
        grant.settle(used)
      },
    }
  }
}
