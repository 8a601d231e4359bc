import { failpoint } from '../../../core/failpoint.js'
import { BrokerError } from '../../../errors.js'
import { brokerWords, replyCode } from '../errors.js'
import { bodyOf, type Delivery, exchangeOf, held, routingKey } from '../wire/delivery.js'
import { FRAME_HEAD } from '../wire/frames.js'
import type { ConfirmWindow } from './confirm-window.js'
import { type Edited, type Edits, edit, userIdOf } from './edits.js'
import type { LaneRouter } from './lane-router.js'
import type { Publisher } from './publisher.js'
import { putBack } from './put-back.js'
import type { QueueRelayRequest } from './request.js'

export type CarrierParts = {
  readonly request: QueueRelayRequest
  readonly window: ConfirmWindow
  readonly router: LaneRouter
  readonly edits: Edits
  /** Messages settled so far, for the mark of what is parked. */
  readonly settled: () => bigint
}

/** Carries messages to the publisher: edits, chooses the lane, parks what the target will never take. */
export class Carrier {
  readonly #parts: CarrierParts
  /** What the target has refused before, in its own words. */
  #largest = Number.POSITIVE_INFINITY
  readonly #refusedUsers = new Set<string>()

  constructor(parts: CarrierParts) {
    this.#parts = parts
  }

  /** Carries messages, in order. Resolves when the socket has room again. */
  async carry(deliveries: readonly Delivery[], publisher: Publisher, hard: AbortSignal): Promise<void> {
    failpoint('before-publish')
    for (const delivery of deliveries) {
      const { header, unable } = this.#edited(delivery, publisher)
      const reason = unable ?? this.#refused(delivery, header, publisher)
      if (reason !== undefined) await this.#park(delivery, reason)
      else {
        const lane = this.#parts.router.laneOf(delivery)
        this.#parts.window.publish(delivery.tag, lane, held(delivery))
        publisher.put(delivery, lane, header)
        if (delivery.late !== undefined) await this.#body(delivery.late, publisher, hard)
      }
    }
    publisher.ship()
    failpoint('after-publish')
    await publisher.room(hard)
  }

  /** Remembers what a channel was closed for, so that the message is parked when it comes again. True where that helps. */
  learn(failure: unknown): boolean {
    const words = brokerWords(failure)
    const limit = /message size \d+ (?:is larger than|exceeds).*?(\d+)/.exec(words)?.[1]
    const user = /user_id property set to '(.*?)' but/.exec(words)?.[1]
    if (replyCode(failure) !== 406 || (limit === undefined && user === undefined)) return false
    if (limit !== undefined) this.#largest = Number(limit)
    if (user !== undefined) this.#refusedUsers.add(user)
    return true
  }

  #edited(delivery: Delivery, { link }: Publisher): Edited {
    const { request, edits } = this.#parts
    if (request.putBack !== undefined) return putBack(delivery, request.putBack)
    return edit(delivery, edits, link.settings.username)
  }

  #refused(delivery: Delivery, header: Buffer | undefined, { link }: Publisher): string | undefined {
    const { size, body } = delivery
    const headerSize = header?.length ?? body - delivery.header
    if (headerSize > link.frameMax) return `its header frame of ${headerSize} bytes is over frame_max ${link.frameMax}`
    if (size > this.#largest) return `its body of ${size} bytes is over the max_message_size of ${this.#largest} bytes`
    if (this.#refusedUsers.size === 0 || header !== undefined) return undefined
    const user = userIdOf(delivery)
    return user !== undefined && this.#refusedUsers.has(user) ? `the broker refuses its user-id ${user}` : undefined
  }

  async #body(late: NonNullable<Delivery['late']>, publisher: Publisher, hard: AbortSignal): Promise<void> {
    for await (const frame of late.frames()) {
      if (hard.aborted) throw hard.reason
      if (publisher.failure !== undefined)
        throw new BrokerError('The publishing channel was closed in the middle of a message', { retry: true })
      publisher.putBody(frame)
      publisher.ship()
      await publisher.room(hard)
    }
  }

  async #park(delivery: Delivery, reason: string): Promise<void> {
    const { request, window, settled } = this.#parts
    const { bytes, header, body, late } = delivery
    const frames: Buffer[] = []
    if (late !== undefined) for await (const frame of late.frames()) frames.push(frame)
    const whole = late === undefined ? delivery : joined(frames)
    await request.park({
      queue: request.plan.queue,
      mark: String(settled()),
      exchange: exchangeOf(delivery),
      routingKey: routingKey(delivery),
      header: bytes.subarray(header + FRAME_HEAD, body - 1),
      body: bodyOf(whole),
      reason,
    })
    window.park(delivery.tag, held(delivery))
  }
}

const joined = (frames: readonly Buffer[]) => {
  const bytes = Buffer.concat(frames)
  return { bytes, body: 0, end: bytes.length }
}
