import { passiveDeclare } from '../../../brokers/rabbitmq/admin/passive-declare.js'
import { connect, type RabbitLink } from '../../../brokers/rabbitmq/link.js'
import { formatAddress, type QueueAddress } from '../../../core/address.js'
import { UserError } from '../../../errors.js'
import type { RabbitLinks } from '../links.js'

/** Asks again and again how many messages are ready in a queue, over the connection that is there, or a new one once that is lost. */
export class QueueDepth {
  readonly #links: RabbitLinks
  readonly #address: QueueAddress
  #own: RabbitLink | undefined

  constructor(links: RabbitLinks, address: QueueAddress) {
    this.#links = links
    this.#address = address
  }

  /** Throws UserError `no-queue`, BrokerError. */
  async ready(): Promise<bigint> {
    const { queue } = this.#address
    if (queue === undefined) throw new UserError(`${formatAddress(this.#address)} names no queue`)
    return BigInt((await passiveDeclare(await this.#link(), queue)).messages)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own?.close()
  }

  async #link(): Promise<RabbitLink> {
    const known = this.#own ?? this.#links.link
    if (!known.lost.aborted) return known
    this.#own = await connect(this.#links.settings, 'gauge')
    return this.#own
  }
}
