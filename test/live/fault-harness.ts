import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { describeGroup } from '../../src/brokers/kafka/admin/describe-group.js'
import { listGroups } from '../../src/brokers/kafka/admin/list-groups.js'
import { listOffsets } from '../../src/brokers/kafka/admin/list-offsets.js'
import { commitOffsets, committedOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { describeTopic, listTopics } from '../../src/brokers/kafka/admin/topics.js'
import { connect, type Link } from '../../src/brokers/kafka/link.js'
import type { KafkaSettings } from '../../src/brokers/kafka/settings.js'
import { fill } from '../../src/lab/fill/fill.js'
import type { FillRequest } from '../../src/lab/fill/request.js'
import { type Finished, java, type Running, spawnSpillway, spillway } from './kafka-lab.js'

const READ_ALL = fileURLToPath(new URL('../tools/ReadAll.java', import.meta.url))
export const CONSUME = fileURLToPath(new URL('../tools/Consume.java', import.meta.url))
const GO = ['--execute', '--consumers-stopped', '--yes', '--output', 'json']

/** A broker as these tests need it: shared or their own. */
export type Broker = {
  readonly brokers: string[]
  readonly url: string
  readonly libs: string
  readonly settings?: KafkaSettings
}

/** A backlog of a group, and a home of its own for whoever drains it. */
export type Scene = {
  readonly broker: Broker
  readonly topic: string
  readonly group: string
  readonly source: string
  readonly home: string
  readonly records: number
}

export const newHome = (): Promise<string> => mkdtemp(join(tmpdir(), 'spillway-fault-'))

let scenes = 0

/** Makes a backlog that nobody has read. */
export async function aBacklog(
  broker: Broker,
  request: Partial<FillRequest> & { records: number; name?: string },
): Promise<Scene> {
  scenes += 1
  const topic = `${request.name ?? 'fault'}-${process.pid}-${scenes}`
  const group = `${topic}-g`
  const settings = broker.settings ?? { brokers: broker.brokers }
  const { name: _, ...rest } = request
  const soft = new AbortController().signal
  await fill({ partitions: 3, size: 200, keys: 500, ...rest, settings, topic, group }, { now: () => new Date(), soft })
  const source = `${broker.url}/${topic}?group=${group}`
  return { broker, topic, group, source, home: await newHome(), records: request.records }
}

/** Runs work on a connected link and closes it. */
export async function onLink<T>(
  broker: Pick<Broker, 'brokers' | 'settings'>,
  work: (link: Link) => Promise<T>,
): Promise<T> {
  const link = await connect(broker.settings ?? { brokers: broker.brokers })
  try {
    return await work(link)
  } finally {
    await link[Symbol.asyncDispose]()
  }
}

/** Drains to the end. */
export const drain = (
  { source, home }: Pick<Scene, 'source' | 'home'>,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> => spillway(['drain', source, ...GO, ...flags], { home, env })

/** Starts a drain that the test watches or breaks. */
export const startDrain = (
  { source, home }: Pick<Scene, 'source' | 'home'>,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Running => spawnSpillway(['drain', source, ...GO, ...flags], { home, env })

export type Told = {
  run: string
  target: string
  state: string
  reason?: string
  ledger: { read: string; written: string; parked: string; dropped: string }
  balanced: boolean
  duplicatesAtMost: string
  held: { reason: string }[]
  warnings: string[]
  refusals: string[]
  lanes: { lane: string; read: string; from: string; to: string }[]
  error?: { code: string; message: string; hint: string; details: { at?: string; message: string }[] }
}

/** The JSON document that a command printed. Fails with everything that it said when there is none. */
export function told({ stdout, stderr, code }: Finished): Told {
  try {
    return JSON.parse(stdout) as Told
  } catch (cause) {
    throw new Error(`no JSON document; exit ${code}\n${stdout}\n${stderr}`, { cause })
  }
}

/** The ids of the runs that a home holds; `.ID` is one that is still being made. */
export async function runsOf(home: string): Promise<string[]> {
  const names = await readdir(join(home, 'runs')).catch(() => [])
  return names.filter(name => !name.startsWith('.')).sort()
}

/** The one run of a home, as soon as it is there. */
export async function runOf(home: string): Promise<string> {
  const whole = async () => (await runsOf(home)).filter(name => !name.startsWith('.'))
  await expect.poll(whole, { timeout: 60_000, interval: 50 }).toHaveLength(1)
  return (await whole())[0] ?? ''
}

type JournalEvent = { type: string } & Record<string, unknown>

/** What a run has journalled so far; a line that is still being written is left out. */
export async function journalOf({ home }: Pick<Scene, 'home'>): Promise<JournalEvent[]> {
  const run = (await runsOf(home)).find(name => !name.startsWith('.'))
  const text = await readFile(join(home, 'runs', run ?? '', 'journal.ndjson'), 'utf8').catch(() => '')
  return text.split('\n').flatMap(line => parsed(line))
}

function parsed(line: string): JournalEvent[] {
  const at = line.indexOf('{')
  try {
    return at < 0 ? [] : [JSON.parse(line.slice(at)) as JournalEvent]
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

/** Resolves once something was journalled that fits. */
export async function journalled(scene: Pick<Scene, 'home'>, fits: (event: JournalEvent) => boolean, timeout = 60_000) {
  const found = async () => (await journalOf(scene)).find(fits)
  await expect.poll(found, { timeout, interval: 50 }).toBeDefined()
  return (await found()) as JournalEvent
}

/** Resolves once some messages were copied and journalled. */
export const underWay = (scene: Pick<Scene, 'home'>) => journalled(scene, event => event.type === 'settled')

export const targetOf = (scene: Scene, run: string): string => `${scene.topic}.spill.${run}`

export type Witnessed = { records: number; ids: { seen: number; lost: number; twice: number }; outOfOrder: number }

/** What Kafka's own client reads from a topic under read_committed. */
export async function witness(scene: Scene, topic: string, args: readonly string[] = []): Promise<Witnessed> {
  const { broker, records } = scene
  const plain = [broker.brokers.join(','), topic, 'read_committed', '--n', String(records), ...args]
  const { stdout, stderr } = await java(broker, READ_ALL, plain)
  if (!stdout.startsWith('{')) throw new Error(`ReadAll: ${stdout}${stderr}`)
  return JSON.parse(stdout) as Witnessed
}

/** Fails unless the target holds each message of the backlog exactly once and in order. */
export async function exactlyOnce(scene: Scene, run: string, args: readonly string[] = []): Promise<void> {
  const { records, ids, outOfOrder } = await witness(scene, targetOf(scene, run), args)
  expect({ records, ids, outOfOrder }).toEqual({
    records: scene.records,
    ids: { seen: scene.records, lost: 0, twice: 0 },
    outOfOrder: 0,
  })
}

/** Everything of a cluster that a refused command must leave as it was. */
export const picture = ({ broker }: Pick<Scene, 'broker'>) =>
  onLink(broker, async link => {
    const { topics } = await listTopics(link)
    const names = topics.map(topic => topic.name).sort()
    const ends = await Promise.all(
      topics
        .filter(topic => !topic.internal)
        .map(async ({ name, partitions }) => {
          const found = await listOffsets(
            link,
            name,
            partitions.map(p => p.partition),
            'latest',
          )
          return [name, ...[...found].map(([partition, at]) => `${partition}:${at.offset}`)].join(' ')
        }),
    )
    const groups = await Promise.all((await listGroups(link)).map(group => pictureOfGroup(link, group.id)))
    return { names, ends: ends.sort(), groups: groups.sort() }
  })

async function pictureOfGroup(link: Link, group: string): Promise<string> {
  const view = await describeGroup(link, group)
  const offsets = await committedOffsets(link, group)
  const lines = [...offsets].flatMap(([topic, commits]) =>
    [...commits].map(([partition, { offset, metadata }]) => `${topic}/${partition}=${offset} ${metadata}`),
  )
  return [group, view.state, view.members.length, ...lines.sort()].join(' ')
}

/** Runs a command that must say no, and fails unless the cluster and the home are afterwards what they were. */
export async function saysNo(
  scene: Pick<Scene, 'source' | 'home' | 'broker'>,
  flags: readonly string[] = [],
): Promise<Finished & { error: NonNullable<Told['error']>; ms: number }> {
  const before = await picture(scene)
  const began = Date.now()
  const finished = await drain(scene, flags)
  const ms = Date.now() - began
  expect(await picture(scene)).toEqual(before)
  expect(await runsOf(scene.home)).toEqual([])
  const { error } = told(finished)
  if (!error) throw new Error(`it said yes: ${finished.stdout}${finished.stderr}`)
  return { ...finished, error, ms }
}

/** Where the group stands, by partition. */
export const positions = ({ broker, group, topic }: Pick<Scene, 'broker' | 'group' | 'topic'>) =>
  onLink(broker, async link => {
    const commits = (await committedOffsets(link, group, { topic, partitions: [0, 1, 2], stable: true })).get(topic)
    return [...(commits ?? [])].map(([, { offset }]) => offset)
  })

/** Commits as a stranger would. */
export const foreignCommit = ({ broker, group, topic }: Scene, partition: number, offset: number) =>
  onLink(broker, link => commitOffsets(link, group, topic, [{ partition, offset, metadata: '' }]))

/** Ends of a topic's partitions. */
export const endsOf = (broker: Broker, topic: string) =>
  onLink(broker, async link => {
    const partitions = (await describeTopic(link, topic))?.partitions.map(p => p.partition) ?? []
    const found = await listOffsets(link, topic, partitions, 'latest')
    return partitions.map(partition => found.get(partition)?.offset ?? -1)
  })
