import { murmur2 } from '../../../core/murmur2.js'
import type { Delivery } from '../wire/delivery.js'
import { keyOf } from './edits.js'

/** Chooses lanes: by the hash of a key, so that each key stays in one lane, or in turn. */
export class LaneRouter {
  readonly #lanes: number
  readonly #key: string | undefined
  #turn = 0

  /** `key`: routing-key, header:NAME or property:NAME; undefined sends messages round. */
  constructor(lanes: number, key: string | undefined) {
    this.#lanes = lanes
    this.#key = key
  }

  /** The lane of a message, from 0. Messages without the key go round. */
  laneOf(delivery: Delivery): number {
    const key = this.#key === undefined ? undefined : keyOf(delivery, this.#key)
    if (key !== undefined) return murmur2(key, 0, key.length) % this.#lanes
    const lane = this.#turn
    this.#turn = (lane + 1) % this.#lanes
    return lane
  }
}
