import type { Message } from '../../../core/message.js'
import type { Gate } from '../../../core/ports.js'
import { UncarriableError } from '../../../fanout/ports.js'
import type { Destination, ReplayExtra, ReplaySender } from '../../../replay/ports.js'
import type { Link } from '../link.js'
import { type KafkaSender, openKafkaSender } from '../work/kafka-sender.js'
import { replaySection, tooLarge } from './section.js'
import type { TargetTopics } from './target-topics.js'

export type IdempotentSenderOf = {
  readonly link: Link
  readonly topics: TargetTopics
  /** Where troubles with the target show. */
  readonly gate: Gate
  readonly now: () => number
}

/** Sends records without transactions (KIP-98's idempotent producer), each topic by a sender of its own. */
export class IdempotentSender implements ReplaySender {
  readonly #of: IdempotentSenderOf
  readonly #senders = new Map<string, Promise<KafkaSender>>()

  constructor(of: IdempotentSenderOf) {
    this.#of = of
  }

  async send(message: Message, extra: ReplayExtra, to?: Destination): Promise<void> {
    const { topics, now } = this.#of
    const name = topics.nameOf(to)
    const target = name === undefined ? undefined : await topics.get(name)
    if (name === undefined || target === undefined)
      throw new UncarriableError(
        name === undefined ? 'it does not say where it came from' : `topic ${name} is not there`,
      )
    const section = replaySection(message, extra, now)
    const large = tooLarge(section, target)
    if (large !== undefined) throw new UncarriableError(large)
    const sender = await this.#sender(name)
    await sender.put(section, topics.partitionOf({ message, to }, target))
  }

  /** Resolves when everything that was sent has its answer. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const sender of await Promise.allSettled(this.#senders.values()))
      if (sender.status === 'fulfilled') await sender.value[Symbol.asyncDispose]()
  }

  #sender(topic: string): Promise<KafkaSender> {
    const known = this.#senders.get(topic)
    if (known !== undefined) return known
    const { link, gate } = this.#of
    const opened = openKafkaSender({ link, topic, gate })
    this.#senders.set(topic, opened)
    opened.catch(() => this.#senders.delete(topic))
    return opened
  }
}
