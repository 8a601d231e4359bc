import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { listOffsets } from '../../src/brokers/kafka/admin/list-offsets.js'
import { commitOffsets, committedOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { describeTopic } from '../../src/brokers/kafka/admin/topics.js'
import { connect, type Link } from '../../src/brokers/kafka/link.js'
import { fetchRecords } from '../../src/brokers/kafka/wire/fetch.js'
import { produceBatches } from '../../src/brokers/kafka/wire/produce.js'
import { type ARecord, decodeBatch } from '../unit/brokers/kafka/records/a-batch.js'
import { type Finished, java, spillway } from './kafka-lab.js'

const tool = (name: string) => fileURLToPath(new URL(`../tools/${name}.java`, import.meta.url))
export const GO = ['--execute', '--consumers-stopped', '--yes', '--output', 'json']

export type Broker = { readonly brokers: string[]; readonly url: string; readonly libs: string }
export type Scene = {
  readonly broker: Broker
  readonly topic: string
  readonly group: string
  readonly source: string
  readonly home: string
}
/** What ReadAll.java prints. */
export type Witness = {
  records: number
  sum: string
  ids: { seen: number; lost: number; twice: number }
  keysSplit: number
  outOfOrder: number
  nullKeys: number
  nullValues: number
  partitions: Record<string, number>
  ends: Record<string, number>
}

let scenes = 0
const homes: string[] = []
afterAll(() => Promise.all(homes.splice(0).map(home => rm(home, { recursive: true }))))

/** A topic whose group stands at 0 in every partition, and a home for whoever drains it. */
export async function aTopic(
  broker: Broker,
  { partitions = 1, settings = {} }: { partitions?: number; settings?: Record<string, string> } = {},
): Promise<Scene> {
  scenes += 1
  const topic = `shape-${process.pid}-${scenes}`
  const group = `${topic}-g`
  await onLink(broker, async link => {
    await createTopic(link, { name: topic, partitions, replication: 1, settings })
    const zero = Array.from({ length: partitions }, (_, partition) => ({ partition, offset: 0, metadata: '' }))
    await commitOffsets(link, group, topic, zero)
  })
  const home = await mkdtemp(join(tmpdir(), 'spillway-shape-'))
  homes.push(home)
  return { broker, topic, group, source: `${broker.url}/${topic}?group=${group}`, home }
}

/** Runs work on a connected link and closes it. */
export async function onLink<T>({ brokers }: Pick<Broker, 'brokers'>, work: (link: Link) => Promise<T>): Promise<T> {
  await using link = await connect({ brokers })
  return await work(link)
}

/** Writes with Kafka's own client: Produce.java KIND OPTIONS. */
export async function produce({ broker, topic }: Pick<Scene, 'broker' | 'topic'>, ...args: readonly string[]) {
  const { code, stdout, stderr } = await java(broker, tool('Produce'), [broker.brokers.join(','), topic, ...args])
  if (code !== 0) throw new Error(`Produce: ${stdout}${stderr}`)
  return JSON.parse(stdout) as { written: number; aborted: number; open: number }
}

/** Appends a batch as bytes; the broker checks it as any other. */
export const append = ({ broker, topic }: Scene, batch: Buffer, partition = 0): Promise<void> =>
  onLink(broker, async link => {
    const wire = await link.wire((await describeTopic(link, topic))?.partitions[partition]?.leader ?? -1, 'produce')
    const entries = [{ partition, batch }]
    const asked = { topic, transactionalId: null, acks: -1, timeoutMs: 5000, entries } as const
    expect(await produceBatches(wire, asked)).toMatchObject([{ error: 0 }])
  })

/** Reads with Kafka's own client: ReadAll.java OPTIONS, under read_committed. */
export async function witness(
  broker: Broker,
  topic: string,
  args: readonly string[] = [],
  isolation = 'read_committed',
): Promise<Witness> {
  const { stdout, stderr } = await java(broker, tool('ReadAll'), [broker.brokers.join(','), topic, isolation, ...args])
  if (!stdout.startsWith('{')) throw new Error(`ReadAll: ${stdout}${stderr}`)
  return JSON.parse(stdout) as Witness
}

export type Told = {
  run: string
  verb: string
  source: string
  target: string
  state: string
  reason?: string
  ledger: { read: string; written: string; parked: string; dropped: string }
  balanced: boolean
  lanes: { lane: string; read: string; written: string; from: string; to: string }[]
  duplicatesAtMost: string
  startedAt: string
  endedAt: string
  messagesPerSecond: number
  bytesPerSecond: number
  originals: string
  held: { reason: string }[]
  warnings: string[]
  refusals: string[]
  error?: { code: string; message: string; hint: string }
}

/** The one JSON document that a command printed. Fails with all that it said when there is none. */
export function told({ stdout, stderr, code }: Finished): Told {
  try {
    return JSON.parse(stdout) as Told
  } catch (cause) {
    throw new Error(`no JSON document; exit ${code}\n${stdout}\n${stderr}`, { cause })
  }
}

const COUNT = expect.stringMatching(/^\d+$/)
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)

/** The envelope of DESIGN §5, numbers that may pass 2^53 as decimal strings. */
export function expectEnvelope(envelope: Told, { topic, group, broker }: Scene): void {
  expect(envelope).toMatchObject({
    run: expect.any(String),
    verb: 'drain',
    source: `${broker.url}/${topic}?group=${group}`,
    target: expect.stringMatching(/^kafka:\/\//),
    state: expect.stringMatching(/^(planned|running|held|stopped|complete|failed|undone)$/),
    ledger: { read: COUNT, written: COUNT, parked: COUNT, dropped: COUNT },
    balanced: expect.any(Boolean),
    lanes: expect.arrayContaining([{ lane: COUNT, read: COUNT, written: COUNT, from: COUNT, to: COUNT }]),
    duplicatesAtMost: COUNT,
    startedAt: TIME,
    endedAt: TIME,
    messagesPerSecond: expect.any(Number),
    bytesPerSecond: expect.any(Number),
    originals: expect.stringMatching(/^(keep stopped \(.*\)|may start)/),
    held: expect.any(Array),
    warnings: expect.any(Array),
    refusals: [],
  })
}

/** Drains; fails with all that was said unless it exits as expected. */
export async function drain(
  scene: Pick<Scene, 'source' | 'home'>,
  flags: readonly string[] = [],
  exit = 0,
): Promise<Told> {
  const ended = await spillway(['drain', scene.source, ...GO, ...flags], { home: scene.home })
  expect(ended.code, `${ended.stdout}\n${ended.stderr}`).toBe(exit)
  return told(ended)
}

export const targetTopic = ({ target }: Told): string => (target.split('/').at(-1) ?? '').split('?')[0] ?? ''

/** The group's committed offsets by partition. */
export const positions = (scene: Scene): Promise<Record<string, number>> =>
  onLink(scene.broker, async link => {
    const found = (await committedOffsets(link, scene.group)).get(scene.topic) ?? new Map()
    return Object.fromEntries([...found].map(([partition, { offset }]) => [String(partition), offset]))
  })

/** First offset not to be read by partition: the last stable one. */
export const stableEnds = (scene: Scene, partitions: number): Promise<Record<string, number>> =>
  onLink(scene.broker, async link => {
    const all = Array.from({ length: partitions }, (_, i) => i)
    const found = await listOffsets(link, scene.topic, all, 'stable')
    return Object.fromEntries([...found].map(([partition, { offset }]) => [String(partition), offset]))
  })

/** Data records of a topic by partition, decoded by the tests' own reader; codecs none and gzip. */
export const readBack = (broker: Broker, topic: string): Promise<Map<number, ARecord[]>> =>
  onLink(broker, async link => {
    const partitions = (await describeTopic(link, topic))?.partitions ?? []
    const read = await Promise.all(
      partitions.map(async ({ partition, leader }) => {
        const wire = await link.wire(leader, `back-${partition}`)
        return [partition, await readPartition(wire, topic, partition)] as const
      }),
    )
    return new Map(read)
  })

async function readPartition(wire: Awaited<ReturnType<Link['wire']>>, topic: string, partition: number) {
  const found: ARecord[] = []
  for (let offset = 0; ; ) {
    const limits = { maxBytes: 8 << 20, partitionBytes: 8 << 20, isolation: 1, maxWaitMs: 50, minBytes: 1 } as const
    const [got] = await fetchRecords(wire, { topic, partitions: [{ partition, offset }], ...limits })
    if (got?.error !== 0) throw new Error(`fetch: ${got?.error}`)
    const before = offset
    for (let at = 0; at + 61 <= got.records.length; ) {
      const length = 12 + got.records.readInt32BE(at + 8)
      if (at + length > got.records.length) break
      const batch = decodeBatch(got.records.subarray(at, at + length))
      if (((batch.attributes ?? 0) & 0x20) === 0) found.push(...batch.records)
      offset = Number(batch.last) + 1
      at += length
    }
    if (offset === before) return found
  }
}

/** What the run parked, a line each. */
export async function parked(scene: Scene, { run }: Told): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(scene.home, 'runs', run, 'parked.ndjson'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
}

/**
 * Fails unless Kafka's own client reads the same records from source and target: number, bytes, headers, times, order
 * per key; and the group stands exactly at the ends. Returns what it saw in the target.
 */
export async function expectSame(scene: Scene, envelope: Told, ends: Record<string, number>): Promise<Witness> {
  const to = Object.entries(ends).map(([partition, offset]) => `${partition}=${offset}`)
  const [before, after] = await Promise.all([
    witness(scene.broker, scene.topic, ['--to', to.join(',')]),
    witness(scene.broker, targetTopic(envelope)),
  ])
  const { records, sum, ids, nullKeys, nullValues } = before
  expect(after).toMatchObject({ records, sum, ids, nullKeys, nullValues, outOfOrder: before.outOfOrder })
  expect(envelope.ledger).toEqual({ read: `${records}`, written: `${records}`, parked: '0', dropped: '0' })
  expect(envelope).toMatchObject({ state: 'complete', balanced: true, duplicatesAtMost: '0' })
  expectEnvelope(envelope, scene)
  expect(await positions(scene)).toEqual(ends)
  return after
}
