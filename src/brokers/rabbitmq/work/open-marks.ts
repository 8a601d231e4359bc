import { randomInt } from 'node:crypto'
import { UserError } from '../../../errors.js'
import { onChannel } from '../admin/passive-declare.js'
import { replyCode } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { isHeld } from './exclusive-name.js'

/** A mark that nobody takes away goes by itself, long after anybody carries its run on. Milliseconds: 30 days, and at most 12 more. */
const LASTS_MS = 30 * 86_400_000
const STAMPS = 2 ** 30

/**
 * A durable queue, always empty, that stands while messages are taken and is deleted at an end in order: one that is found tells of somebody who
 * works, or who died with messages in hand. Whose it is its `x-expires` tells, since the broker refuses another value (406).
 */
export class OpenMarks {
  readonly #names: readonly string[]
  #own: string | undefined
  #stamp = 0

  /** `names`: one, where only one works at a time; else as many as may work at once. */
  constructor(names: readonly string[]) {
    this.#names = names
  }

  /** Sets a mark of one's own where a name is free, or one may. An older one of ours stays as the mark of the dead. Throws BrokerError. */
  async set(link: RabbitLink): Promise<void> {
    this.#own = undefined
    this.#stamp = randomInt(STAMPS)
    for (const name of this.#names) {
      const isOurs = await this.#declare(link, name)
      if (isOurs) this.#own = name
      if (isOurs !== false) return
    }
  }

  /** True where the name is ours now, false where it was another's, undefined where the user may not make such names. */
  async #declare(link: RabbitLink, name: string): Promise<boolean | undefined> {
    const expires = LASTS_MS + this.#stamp
    try {
      return await onChannel(link, { doing: `Declaring ${name}`, queue: name }, async channel => {
        try {
          await channel.assertQueue(name, { durable: true, expires, arguments: { 'x-queue-type': 'classic' } })
          return true
        } catch (failure) {
          if (replyCode(failure) === 406) return false
          throw failure
        }
      })
    } catch (error) {
      if (error instanceof UserError && error.code === 'permission') return undefined
      throw error
    }
  }

  /** Whether a message that was delivered before may have been handled: not all who took messages have ended in order. Throws BrokerError. */
  async areDoubtful(link: RabbitLink): Promise<boolean> {
    if (this.#own === undefined) return true
    for (const name of this.#names) if (name !== this.#own && (await isHeld(link, name))) return true
    return false
  }

  /** Takes one's own away: an end in order. Throws BrokerError. */
  async clear(link: RabbitLink): Promise<void> {
    if (this.#own !== undefined) await this.#delete(link, [this.#own])
    this.#own = undefined
  }

  /** Takes all away: there is nothing left to doubt. Throws BrokerError. */
  async clearAll(link: RabbitLink): Promise<void> {
    this.#own = undefined
    const there = await Promise.all(this.#names.map(async name => ((await isHeld(link, name)) ? [name] : [])))
    await this.#delete(link, there.flat())
  }

  #delete(link: RabbitLink, names: readonly string[]): Promise<void> {
    return onChannel(link, { doing: `Deleting ${names.join(', ')}` }, async channel => {
      for (const name of names) await channel.deleteQueue(name)
    })
  }
}
