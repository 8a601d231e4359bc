import { setTimeout as sleep } from 'node:timers/promises'
import type { RabbitSettings } from '../../../src/brokers/rabbitmq/settings.js'
import { lockQueue, temporaryQueuePrefix } from '../../../src/core/temporary-queue.js'
import { callManagement } from '../../../src/lab/rabbitmq/access.js'
import { fillQueue } from '../../../src/lab/rabbitmq/fill/fill.js'
import { exchangeOf } from '../../../src/lab/rabbitmq/fill/queue.js'
import type { Truth } from './judge.js'
import { SOURCES, type SourceName, type SourceShape } from './sources.js'
import { type Place, takeAll } from './witness.js'

/** Timestamps are relative to it, so that each filling of a source has the same bytes. */
const NOW = new Date('2026-11-21T00:00:00Z')
const TRACES_MS = 15_000
const LOOK_EVERY_MS = 200

/** The queues of one chaos run: each copy drains one of its own, and what a source holds is measured once. */
export class Queues {
  readonly place: Place
  readonly #settings: RabbitSettings
  readonly #messages: number
  readonly #truths = new Map<SourceName, Promise<Truth>>()

  constructor(place: Place, settings: RabbitSettings, messages: number) {
    this.place = place
    this.#settings = { ...settings, vhost: place.vhost }
    this.#messages = messages
  }

  /** Fills a queue of this name with the messages of a source, and says what they are. */
  async fill(queue: string, source: SourceName): Promise<Truth> {
    const truth = this.#truths.get(source) ?? this.#measure(source)
    this.#truths.set(source, truth)
    await this.#fill(queue, source)
    return truth
  }

  /** pika's word on a filling of its own. */
  async #measure(source: SourceName): Promise<Truth> {
    const queue = `chaos-truth-${source}-${process.pid}`
    await this.#fill(queue, source)
    const all = await takeAll(this.place, [queue])
    await this.remove(queue)
    return new Map(all.map(({ id, digest }) => [id, digest]))
  }

  async #fill(queue: string, source: SourceName): Promise<void> {
    const { share, request }: SourceShape = SOURCES[source]
    const messages = Math.ceil(this.#messages * share)
    const io = { now: () => NOW, soft: new AbortController().signal }
    await fillQueue({ ...request, settings: this.#settings, queue, messages }, io)
  }

  /** Deletes a queue and the exchange that it was filled through. */
  async remove(queue: string): Promise<void> {
    await this.#call(`queues/%V/${queue}`, 'DELETE')
    await this.#call(`exchanges/%V/${exchangeOf(queue)}`, 'DELETE')
  }

  /** Names of the temporary queues, exchanges and locks that a source still has, once none is left or 15 s are over. */
  async traces(queue: string): Promise<readonly string[]> {
    for (const until = Date.now() + TRACES_MS; ; await sleep(LOOK_EVERY_MS)) {
      const all = [...(await this.#names('queues')), ...(await this.#names('exchanges'))]
      const left = all.filter(name => name.startsWith(temporaryQueuePrefix(queue)) || name === lockQueue(queue))
      if (left.length === 0 || Date.now() > until) return left
    }
  }

  /** Whether the lock of a source is gone; a connection that died takes it along within moments. */
  async isUnlocked(queue: string): Promise<boolean> {
    for (const until = Date.now() + TRACES_MS; Date.now() < until; await sleep(LOOK_EVERY_MS))
      if (!(await this.#names('queues')).includes(lockQueue(queue))) return true
    return false
  }

  /** Sets the delivery-limit of the quorum queues that a pattern names. */
  async limitDeliveries(name: string, pattern: string, limit: number): Promise<void> {
    const body = { pattern, 'apply-to': 'queues', priority: limit, definition: { 'delivery-limit': limit } }
    await this.#call(`policies/%V/${name}`, 'PUT', body)
  }

  async #names(kind: 'queues' | 'exchanges'): Promise<string[]> {
    return ((await this.#call(`${kind}/%V?columns=name`, 'GET')) as { name: string }[]).map(({ name }) => name)
  }

  #call(path: string, method: string, body?: unknown): Promise<unknown> {
    const { managementUrl, vhost } = this.place
    const whole = path.replace('%V', encodeURIComponent(vhost))
    return callManagement(managementUrl, whole, { method, ...(body === undefined ? {} : { body }) })
  }
}
