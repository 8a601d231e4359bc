import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'
import { type Finished, java, type RunOptions, spillway } from './kafka-lab.js'
import type { SharedKafka } from './setup.js'

const READ_ALL = fileURLToPath(new URL('../tools/ReadAll.java', import.meta.url))
const GROUPS = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand'
const TOPICS = 'org.apache.kafka.tools.TopicCommand'

/** A drained backlog: its run, its home, its topics. */
export type Drained = {
  readonly shared: SharedKafka
  readonly home: string
  readonly topic: string
  readonly group: string
  readonly source: string
  readonly run: string
  readonly lanes: string
  readonly code: number | null
  /** Runs the built command line in this run's home. */
  readonly cli: (args: readonly string[], options?: RunOptions) => Promise<Finished>
}

export const fresh = (what: string): string => `${what}-${randomUUID().slice(0, 8)}`

const addressOf = (shared: SharedKafka, { topic, group }: { topic: string; group: string }): string =>
  `kafka://${shared.brokers.join(',')}/${topic}?group=${group}`

/** A backlog of the lab in a new topic. */
export async function backlog(shared: SharedKafka, flags: readonly string[] = []) {
  const [topic, group] = [fresh('src'), fresh('g')]
  const source = addressOf(shared, { topic, group })
  const filled = await spillway([
    'lab',
    'fill',
    source,
    '--records',
    '3000',
    '--size',
    '200',
    '--partitions',
    '3',
    ...flags,
  ])
  expect(filled.stderr + filled.stdout, 'lab fill').not.toMatch(/spillway:/)
  return { topic, group, source }
}

const homes: string[] = []
afterAll(() => Promise.all(homes.splice(0).map(home => rm(home, { recursive: true, force: true }))))

export type DrainedOptions = {
  readonly fill?: readonly string[]
  readonly drain?: readonly string[]
  readonly env?: RunOptions['env']
  /** A backlog that is there already. */
  readonly existing?: { readonly topic: string; readonly group: string }
}

/** Fills a topic and drains it. */
export async function drained(
  shared: SharedKafka,
  { fill = [], drain = [], env = {}, existing }: DrainedOptions = {},
): Promise<Drained> {
  const made = existing ? { ...existing, source: addressOf(shared, existing) } : await backlog(shared, fill)
  const home = await mkdtemp(join(tmpdir(), 'spillway-restore-'))
  homes.push(home)
  const cli = (args: readonly string[], options: RunOptions = {}) => spillway(args, { home, ...options })
  const args = ['drain', made.source, '--execute', '--consumers-stopped', '--factor', '4', '--output', 'json', ...drain]
  const done = await cli(args, { env })
  // A drain that could not start leaves none; its words say why.
  const [run = ''] = await readdir(join(home, 'runs')).catch(() => [])
  expect(run, done.stderr).not.toBe('')
  return { shared, home, ...made, run, lanes: `${made.topic}.spill.${run}`, code: done.code, cli }
}

/** What Kafka's own consumer finds in a topic. */
export async function readAll(shared: SharedKafka, topic: string, flags: readonly string[] = []) {
  const { stdout, stderr, code } = await java(shared, READ_ALL, [
    shared.brokers.join(','),
    topic,
    'read_committed',
    ...flags,
  ])
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as { records: number; sum: string; partitions: Record<string, number> }
}

/** Offsets of a group on a topic as Kafka's own tool tells them, by partition. */
export async function offsetsOf(shared: SharedKafka, group: string, topic: string): Promise<Record<string, number>> {
  const args = ['--bootstrap-server', shared.brokers.join(','), '--describe', '--offsets', '--group', group]
  const { stdout } = await java(shared, GROUPS, args)
  const rows = stdout.split('\n').map(line => line.trim().split(/\s+/))
  return Object.fromEntries(
    rows.filter(cells => cells[1] === topic && cells[3] !== '-').map(cells => [cells[2], Number(cells[3])]),
  )
}

/** All topics as Kafka's own tool lists them. */
export async function topicsOf(shared: SharedKafka): Promise<string[]> {
  const { stdout } = await java(shared, TOPICS, ['--bootstrap-server', shared.brokers.join(','), '--list'])
  return stdout.split('\n').filter(Boolean)
}

/** All groups as Kafka's own tool lists them. */
export async function groupsOf(shared: SharedKafka): Promise<string[]> {
  const { stdout } = await java(shared, GROUPS, ['--bootstrap-server', shared.brokers.join(','), '--list'])
  return stdout.split('\n').filter(Boolean)
}

/** What a command printed as JSON. */
export const json = (finished: Finished) => {
  expect(finished.stdout, finished.stderr).toMatch(/^\{/)
  return JSON.parse(finished.stdout)
}

const CONSUME = fileURLToPath(new URL('../tools/Consume.java', import.meta.url))

/** Works all lanes off with Kafka's own consumer, under the group of the run unless told otherwise. */
export async function workOff(
  run: Drained,
  { group = `spillway.${run.run}`, flags = [] }: { group?: string; flags?: string[] } = {},
) {
  const args = [run.shared.brokers.join(','), run.lanes, group, 'classic', '--idle-ms', '2500', ...flags]
  const { stdout, stderr, code } = await java(run.shared, CONSUME, args)
  expect(code, stderr).toBe(0)
  return Number(/"done":(\d+)/.exec(stdout)?.[1])
}
