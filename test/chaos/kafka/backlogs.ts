import { Kafka, logLevel } from 'kafkajs'
import { listOffsets } from '../../../src/brokers/kafka/admin/list-offsets.js'
import type { Link } from '../../../src/brokers/kafka/link.js'
import { fill } from '../../../src/lab/fill/fill.js'
import { commitRead } from '../../../src/lab/fill/group.js'
import type { FillRequest } from '../../../src/lab/fill/request.js'
import { SOURCES, type SourceName, type SourceShape } from './sources.js'
import { type Place, type Witness, witness } from './witness.js'

/** A filled topic, and what Java reads in the part of it that is unread. */
export type Backlog = {
  readonly topic: string
  readonly partitions: readonly number[]
  readonly truth: Witness
}

/** The share of each partition that the groups have read already. */
const READ_SHARE = 0.1
const COMPACTION_TIMEOUT_MS = 60_000
const CONFIG_OF_TOPIC = 2

/** The backlogs of one chaos run: each is filled once, and handed to any number of groups. */
export class Backlogs {
  readonly #place: Place
  readonly #link: Link
  readonly #records: number
  readonly #made = new Map<SourceName, Promise<Backlog>>()

  constructor(place: Place, link: Link, records: number) {
    this.#place = place
    this.#link = link
    this.#records = records
  }

  /** The backlog of this name, with a new group that stands where all groups begin. */
  async for(name: SourceName, group: string): Promise<Backlog> {
    const making = this.#made.get(name) ?? this.#make(name)
    this.#made.set(name, making)
    const backlog = await making
    await this.#begin(backlog.topic, backlog.partitions, group)
    return backlog
  }

  async #make(name: SourceName): Promise<Backlog> {
    const topic = `chaos-${name}-${process.pid}`
    const shape: SourceShape = SOURCES[name]
    const records = Math.ceil(this.#records * shape.share)
    const settings = { brokers: this.#place.brokers }
    const io = { now: () => new Date(), soft: new AbortController().signal }
    const { partitions } = await fill({ ...shape.request, settings, topic, records }, io)
    if (shape.request.compacted) await this.#compact(topic, { ...shape.request, settings, topic })
    const all = Array.from({ length: partitions }, (_, partition) => partition)
    return { topic, partitions: all, truth: await this.#read(topic, all) }
  }

  /** Java's word on what a group that begins here has before it. */
  async #read(topic: string, partitions: readonly number[]): Promise<Witness> {
    const from = await this.#begin(topic, partitions, `${topic}-measure`)
    return witness(this.#place, topic, { from })
  }

  async #begin(topic: string, partitions: readonly number[], group: string): Promise<ReadonlyMap<number, string>> {
    const ends = await listOffsets(this.#link, topic, partitions, 'stable')
    await commitRead(this.#link, { group, topic, partitions, share: READ_SHARE })
    return new Map([...ends].map(([partition, { offset }]) => [partition, String(Math.floor(offset * READ_SHARE))]))
  }

  /** Waits for holes, then stops the cleaner, so that the backlog keeps still. */
  async #compact(topic: string, request: Omit<FillRequest, 'records'>): Promise<void> {
    const io = { now: () => new Date(), soft: new AbortController().signal }
    const { partitions } = await fill({ ...request, records: 300, seed: 2 }, io)
    const all = Array.from({ length: partitions }, (_, partition) => partition)
    const offsets = [...(await listOffsets(this.#link, topic, all, 'stable')).values()]
    const written = offsets.reduce((sum, { offset }) => sum + offset, 0)
    const until = Date.now() + COMPACTION_TIMEOUT_MS
    while ((await witness(this.#place, topic)).records >= written) {
      if (Date.now() > until) throw new Error(`${topic} was not compacted within ${COMPACTION_TIMEOUT_MS} ms`)
    }
    const admin = new Kafka({ brokers: [...this.#place.brokers], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    const configEntries = [{ name: 'cleanup.policy', value: 'delete' }]
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: CONFIG_OF_TOPIC, name: topic, configEntries }],
    })
    await admin.disconnect()
    // A cleaning that had begun ends first.
    for (let before = ''; ; ) {
      const { sum } = await witness(this.#place, topic)
      if (sum === before) return
      before = sum
    }
  }
}
