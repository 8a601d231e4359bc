import { fileURLToPath } from 'node:url'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, inject } from 'vitest'
import { aTopic } from '../live/drain-harness.js'
import { CONSUME, picture } from '../live/fault-harness.js'
import { java } from '../live/kafka-lab.js'
import { recordsIn } from './archived.js'
import type { Backlog, Broker, How, Message } from './broker.js'

const READ = fileURLToPath(new URL('../tools/Read.java', import.meta.url))
/** A consumer that hears nothing for so long gives up, milliseconds; it ends before, once it has all. */
const IDLE_MS = 30_000
const PARTITIONS = 2
/** Records written together. */
const SEND = 100

const place = inject('kafka41')
const client = new Kafka({ brokers: place?.brokers ?? [], logLevel: logLevel.NOTHING })
// Idempotent: a try that wrote one of two partitions is tried again as a whole.
const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 })

beforeAll(() => producer.connect())
afterAll(() => producer.disconnect())

/** Kafka, as the contract suite sees it: written to with kafkajs, read with Kafka's own Java client. */
export const kafka: Broker = {
  name: 'Kafka',
  guarantee: /^0 for read_committed readers/,
  duplicatesPerDeath: 0,
  ordered: [],
  reach: [],
  verify: { code: 0, told: { verified: { matches: true } } },
  deaths: { copied: 'after-produce', settled: 'after-end-txn:2', journalled: 'after-journal:4' },
  discardDeaths: [
    'after-claim',
    'before-archive-sync',
    'after-archive-sync',
    'after-offset-commit',
    'after-journal:5',
    'before-clear-claim',
    'after-clear-claim',
  ],
  replay: {
    deaths: [
      'before-produce',
      'after-produce:2',
      'before-commit',
      'after-offset-commit:2',
      'before-end-txn',
      'after-end-txn',
      'before-journal:6',
      'after-journal:6',
    ],
    guarantee: /^none for read_committed readers/,
  },
  cluster: place?.url ?? '',
  notThere: 'no-topic',
  address: (server, name, login) =>
    `kafka://${login === undefined ? '' : `${login}@`}${server}/${name}?group=${groupOf(name)}`,
  backlog,
  left,
  inSource: async ({ name }) => (await read(name, groupOf(name))).flat(),
  inLanes: async ({ name }) => (await Promise.all((await lanesOf(name)).map(each => read(each, 'nobody')))).flat(),
  inArchive: recordsIn,
  workOff,
  temporary,
  picture: () => picture({ broker: place }),
  consumer,
}

/** Asks over a connection of its own: kafkajs goes on asking for every topic that it once heard of, deleted or not. */
async function ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = client.admin()
  await admin.connect()
  try {
    return await question(admin)
  } finally {
    await admin.disconnect()
  }
}

/** As drain-harness.ts names the group of a topic. */
const groupOf = (topic: string): string => `${topic}-g`

async function backlog(messages: readonly Message[], { sentAt }: How = {}): Promise<Backlog> {
  const { topic, source } = await aTopic(place, { partitions: PARTITIONS })
  const records = messages.map(({ key, body, headers }, n) => ({
    key,
    ...(sentAt === undefined ? {} : { timestamp: String(sentAt(n)) }),
    value: Buffer.from(body, 'base64'),
    headers: Object.fromEntries(headers),
    partition: Number(key.split('-')[1]) % PARTITIONS,
  }))
  // Of a batch that is larger than a rate lets through nothing could be seen to be at work.
  for (let at = 0; at < records.length; at += SEND)
    await producer.send({ topic, messages: records.slice(at, at + SEND) })
  return { name: topic, source, shown: source, messages }
}

const committed = async (name: string) => {
  const [found] = await ask(admin => admin.fetchOffsets({ groupId: groupOf(name), topics: [name] }))
  return found?.partitions ?? []
}
const endsOf = (topic: string) => ask(admin => admin.fetchTopicOffsets(topic))

async function left({ name }: Backlog): Promise<number> {
  const ends = new Map((await endsOf(name)).map(({ partition, high }) => [partition, Number(high)]))
  return (await committed(name)).reduce((sum, at) => sum + (ends.get(at.partition) ?? 0) - Number(at.offset), 0)
}

type Line = { partition: number; key: string; value: string; headers: [name: string, value: string][] }

/** Records by partition. */
async function read(topic: string, group: string): Promise<Message[][]> {
  const { code, stdout, stderr } = await java(place, READ, [place.brokers.join(','), topic, group])
  if (code !== 0) throw new Error(`Read: ${stderr}`)
  const lanes: Message[][] = (await endsOf(topic)).map(() => [])
  for (const text of stdout.split('\n').filter(Boolean)) {
    const line = JSON.parse(text) as Line
    lanes[line.partition]?.push(seen(line))
  }
  return lanes
}

const plain = (base64: string): string => Buffer.from(base64, 'base64').toString()

const seen = ({ key, value, headers }: Line): Message => ({
  key: plain(key),
  body: value,
  headers: headers.map(([name, value]) => [plain(name), plain(value)]),
  redelivered: false,
})

const lanesOf = async (topic: string): Promise<string[]> =>
  (await ask(admin => admin.listTopics())).filter(each => each.startsWith(`${topic}.spill.`))

async function temporary({ name }: Backlog, run = ''): Promise<string[]> {
  const { groups } = await ask(admin => admin.listGroups())
  const ours = groups.map(({ groupId }) => groupId).filter(each => each === `spillway.${run}`)
  // Behind run, topic and host the claim carries counts, which move on.
  const claims = (await committed(name)).flatMap(({ metadata }) => metadata?.split(' ').slice(0, 2).join(' ') || [])
  return [...(await lanesOf(name)), ...ours, ...new Set(claims)]
}

async function workOff({ name, messages }: Backlog, run: string): Promise<number> {
  const ends = ['--stop-after', String(messages.length), '--idle-ms', String(IDLE_MS)]
  const args = [place.brokers.join(','), `${name}.spill.${run}`, `spillway.${run}`, 'classic', ...ends]
  const { code, stdout, stderr } = await java(place, CONSUME, args)
  if (code !== 0) throw new Error(`Consume: ${stderr}`)
  return Number(/"done":(\d+)/.exec(stdout)?.[1])
}

async function consumer({ name }: Backlog): Promise<() => Promise<void>> {
  const member = client.consumer({ groupId: groupOf(name) })
  const joined = new Promise<void>(resolve => {
    member.on(member.events.GROUP_JOIN, () => resolve())
  })
  await member.connect()
  await member.subscribe({ topic: name, fromBeginning: true })
  await member.run({ autoCommit: false, eachMessage: async () => undefined })
  await joined
  return () => member.disconnect()
}
