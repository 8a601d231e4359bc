import { temporaryQueueBase } from '../../../core/temporary-queue.js'
import { SpillwayError } from '../../../errors.js'
import { onChannel } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'

export type OwnExchangeOf = {
  /** Dials a new connection. */
  readonly connect: (purpose: string) => Promise<RabbitLink>
  readonly queue: string
  readonly run: string
  /** Told once where it cannot be made, and once where it is left. */
  readonly warn: (message: string) => Promise<void>
}

/**
 * An exchange of the run's own that leads to one queue whatever the routing key, so that messages keep theirs. It is made when it is first needed, and
 * deleted when it is closed; where the user may not make it, messages go by the default exchange instead.
 */
export class OwnExchange {
  readonly #of: OwnExchangeOf
  #made: Promise<string | undefined> | undefined

  constructor(of: OwnExchangeOf) {
    this.#of = of
  }

  /** Its name; undefined where it cannot be made. */
  name(): Promise<string | undefined> {
    this.#made ??= this.#make()
    return this.#made
  }

  async #make(): Promise<string | undefined> {
    const { queue, run } = this.#of
    const name = `${temporaryQueueBase(queue, run)}.replay`
    const failure = await this.#onLink(link =>
      onChannel(link, { doing: `Binding ${queue} to ${name}`, queue, permission: 'write' }, async channel => {
        await channel.assertExchange(name, 'fanout', { durable: true, autoDelete: false })
        await channel.bindQueue(queue, name, '')
      }),
    )
    if (failure === undefined) return name
    await this.#of.warn(`Routing keys are not kept, messages go by the default exchange: ${failure.message}`)
    return undefined
  }

  /** Deletes it where it was made. */
  async close(): Promise<void> {
    const name = await this.#made
    if (name === undefined) return
    const doing = `Deleting exchange ${name}`
    const failure = await this.#onLink(link => onChannel(link, { doing }, channel => channel.deleteExchange(name)))
    if (failure !== undefined) await this.#of.warn(`Exchange ${name} is left: ${failure.message}`)
  }

  async #onLink(work: (link: RabbitLink) => Promise<unknown>): Promise<SpillwayError | undefined> {
    try {
      const link = await this.#of.connect('exchange')
      try {
        await work(link)
      } finally {
        await link.close()
      }
      return undefined
    } catch (error) {
      if (error instanceof SpillwayError) return error
      throw error
    }
  }
}
