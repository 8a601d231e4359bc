import { hostname } from 'node:os'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { connect, type Link } from '../../src/brokers/kafka/link.js'
import { openLanes } from '../../src/brokers/kafka/work/open-lanes.js'
import type { Counts } from '../../src/core/event.js'
import { HoldGate } from '../../src/core/gate.js'
import type { Message } from '../../src/core/message.js'
import { type Chunk, LaneGone, type OpenedLane, type WorkLane } from '../../src/fanout/ports.js'
import { fill } from '../../src/lab/fill/fill.js'
import type { FillRequest } from '../../src/lab/fill/request.js'

export type Broker = { readonly brokers: string[] }
export type Scene = { readonly broker: Broker; readonly topic: string; readonly group: string }

let scenes = 0

/** A topic with some records, and the name of a group that nobody is in. */
export async function aTopicOf(broker: Broker, request: Partial<FillRequest> & { records: number }): Promise<Scene> {
  scenes += 1
  const topic = `fan-${process.pid}-${scenes}`
  const { partitions = 1 } = request
  if (request.records === 0) {
    // As a temporary topic: what has an old time is not deleted on arrival.
    const settings = { 'retention.ms': '-1' }
    await onLink(broker, link => createTopic(link, { name: topic, partitions, replication: 1, settings }))
  } else {
    const settings = { brokers: broker.brokers }
    await fill({ size: 100, keys: 500, ...request, settings, topic }, { now: () => new Date(), soft: NEVER })
  }
  return { broker, topic, group: `${topic}-g` }
}

const NEVER = new AbortController().signal

/** Runs work on a connected link and closes it. */
export async function onLink<T>({ brokers }: Broker, work: (link: Link) => Promise<T>): Promise<T> {
  await using link = await connect({ brokers })
  return await work(link)
}

/** Polls until it is so. Throws after `ms`. */
export async function eventually(isSo: () => boolean | Promise<boolean>, ms: number): Promise<void> {
  for (const until = Date.now() + ms; !(await isSo()); await new Promise(resolve => setTimeout(resolve, 50))) {
    if (Date.now() > until) throw new Error(`It was not so within ${ms} ms`)
  }
}

type How = { readonly pauseMs?: number; readonly isWhole?: () => boolean }

/** A member with a loop of its own: takes lanes, reads a chunk, waits, settles it. */
export class Worker {
  readonly ended: Promise<void>
  readonly kept: Message[] = []
  readonly finished: string[] = []
  /** Lanes that others finished. */
  readonly told: string[] = []
  readonly doubted: NonNullable<OpenedLane['doubted']>[] = []
  messages = 0
  done = false
  readonly #soft = new AbortController()
  readonly #scene: Scene
  readonly #how: How
  #link: Link | undefined
  #dead = false

  constructor(scene: Scene, how: How) {
    this.#scene = scene
    this.#how = how
    this.ended = this.#run().finally(() => {
      this.done = true
    })
    this.ended.catch(() => undefined)
  }

  stop(): void {
    this.#soft.abort()
  }

  /** Ends as by SIGKILL: its connections go, and nothing is said. */
  async die(): Promise<void> {
    this.#dead = true
    await this.#link?.[Symbol.asyncDispose]()
    this.stop()
    await this.ended.catch(() => undefined)
  }

  async #run(): Promise<void> {
    const { broker, topic, group } = this.#scene
    const { isWhole = () => true } = this.#how
    await using link = await connect({ brokers: broker.brokers })
    this.#link = link
    const rest = { gate: new HoldGate(), bytes: 16 << 20, warn: () => undefined, maxAhead: 100 }
    await using intake = await openLanes({ link, topic, group, run: 'RUN', host: hostname(), isWhole, ...rest })
    const working: Promise<void>[] = []
    try {
      for await (const taken of intake.take(this.#soft.signal)) {
        if ('lane' in taken) working.push(this.#work(taken.lane))
        else if (taken.event.type === 'finished') this.told.push(taken.event.lane)
      }
    } finally {
      await Promise.allSettled(working)
    }
    await Promise.all(working)
  }

  async #work(lane: WorkLane): Promise<void> {
    let clean = false
    try {
      const { doubted } = await lane.open()
      if (doubted) this.doubted.push(doubted)
      for await (const chunk of lane.chunks(this.#soft.signal)) await this.#settle(lane, chunk)
      clean = true
      if (lane.finished) this.finished.push(lane.lane)
    } catch (error) {
      if (!(error instanceof LaneGone || this.#dead)) throw error
    } finally {
      if (!this.#dead) await lane.close(clean)
    }
  }

  async #settle(lane: WorkLane, { messages, next, notData, bytes }: Chunk): Promise<void> {
    this.messages += messages.length
    this.kept.push(...messages)
    await new Promise(resolve => setTimeout(resolve, this.#how.pauseMs ?? 0))
    const handled = BigInt(messages.length)
    const counts: Counts = {
      read: handled,
      written: handled,
      parked: 0n,
      dropped: 0n,
      ...notData,
      bytes: BigInt(bytes),
    }
    await lane.settle({ upTo: next, messages: [], counts })
  }
}

/** The workers of a test; what is left of them ends with it. */
export class WorkerPool {
  #workers: { scene: Scene; worker: Worker }[] = []

  start(scene: Scene, how: How = {}): Worker {
    const worker = new Worker(scene, how)
    this.#workers.push({ scene, worker })
    return worker
  }

  /** Every message that any worker of the scene got, once for each time. */
  ids(scene: Scene): string[] {
    return this.#of(scene).flatMap(({ kept }) => kept.map(({ id }) => id))
  }

  seen(scene: Scene): { messages: number; distinct: number } {
    const ids = this.ids(scene)
    return { messages: ids.length, distinct: new Set(ids).size }
  }

  doubted(scene: Scene) {
    return this.#of(scene).flatMap(worker => worker.doubted)
  }

  async end(): Promise<void> {
    for (const { worker } of this.#workers) worker.stop()
    await Promise.allSettled(this.#workers.map(({ worker }) => worker.ended))
    this.#workers = []
  }

  #of(scene: Scene): Worker[] {
    return this.#workers.filter(each => each.scene === scene).map(({ worker }) => worker)
  }
}
