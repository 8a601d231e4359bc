import type { Delivery } from '../wire/delivery.js'
import { timestampOf } from '../work/headers.js'

/** Why a prefix by age ends at a message: it is not older, or has no timestamp. */
export type AgeEnd = 'newer' | 'no-timestamp'

/** Ends a prefix at the first message that is not older than an instant, by its timestamp property (whole seconds; AMQP 0-9-1, 1.8.1). */
export class AgeLimit {
  readonly #before: number
  #end: AgeEnd | undefined

  /** `before`: milliseconds since the epoch. */
  constructor(before: number) {
    this.#before = before
  }

  /** Set once a message was seen with which the prefix ends. */
  get end(): AgeEnd | undefined {
    return this.#end
  }

  /** How many of these, from the first on, belong to the prefix. */
  older(deliveries: readonly Delivery[]): number {
    for (const [at, delivery] of deliveries.entries()) {
      const time = timestampOf(delivery)
      if (time >= 0 && time < this.#before) continue
      this.#end = time < 0 ? 'no-timestamp' : 'newer'
      return at
    }
    return deliveries.length
  }
}
