import { Writable } from 'node:stream'
import { Kafka, logLevel, type Message } from 'kafkajs'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { commitOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { connect, type Link } from '../../src/brokers/kafka/link.js'
import { measureBacklog } from '../../src/brokers/kafka/survey/measure.js'
import type { SurveyRequest } from '../../src/commands/requests.js'
import { parseAddress } from '../../src/core/address.js'
import type { Backlog } from '../../src/core/survey.js'
import { EXIT } from '../../src/errors.js'
import type { Io, Presentation } from '../../src/io.js'
import { survey } from '../../src/verbs/survey.js'

export const kafkaOf = (brokers: string[]): Kafka =>
  new Kafka({ brokers, logLevel: logLevel.NOTHING, clientId: 'survey-test' })

/** Sends messages to one partition of a topic, one batch a call. */
export const produce = async (
  brokers: string[],
  topic: string,
  lanes: readonly (readonly Message[])[],
): Promise<void> => {
  const producer = kafkaOf(brokers).producer({ allowAutoTopicCreation: false })
  await producer.connect()
  for (const [partition, messages] of lanes.entries())
    if (messages.length > 0) await producer.send({ topic, messages: messages.map(each => ({ ...each, partition })) })
  await producer.disconnect()
}

/** Messages with keys `k0`, `k1`… */
export const numbered = (count: number, more: Partial<Message> = {}): Message[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: `v${i}`, ...more }))

/** Runs work on a connected link and closes it. */
export const withLink = async <T>(brokers: readonly string[], work: (link: Link) => Promise<T>): Promise<T> => {
  const link = await connect({ brokers })
  try {
    return await work(link)
  } finally {
    await link[Symbol.asyncDispose]()
  }
}

/** Creates a topic with one replica. */
export const make = (link: Link, name: string, partitions: number, settings: Record<string, string> = {}) =>
  createTopic(link, { name, partitions, replication: 1, settings })

/** Commits one offset a partition. */
export const commit = (link: Link, group: string, topic: string, offsets: readonly number[]) =>
  commitOffsets(
    link,
    group,
    topic,
    offsets.map((offset, partition) => ({ partition, offset, metadata: '' })),
  )

/** Measures with a short window. */
export const measure = (link: Link, topic: string, group: string, windowMs = 500): Promise<Backlog> =>
  measureBacklog(link, { topic, group, windowMs, sample: 2000, signal: new AbortController().signal })

/** Runs the verb in this process; resolves with what it printed and its exit code. */
export const runSurvey = async (
  sources: readonly string[],
  {
    json = false,
    soft = new AbortController().signal,
    ...more
  }: { json?: boolean; soft?: AbortSignal } & Partial<SurveyRequest> = {},
): Promise<{ out: string; exitCode: number }> => {
  let out = ''
  const sink = (keep: (text: string) => void) =>
    new Writable({
      write(chunk, _encoding, done) {
        keep(String(chunk))
        done()
      },
    })
  const io: Io = {
    out: sink(text => {
      out += text
    }),
    err: sink(() => undefined),
    env: {},
    in: process.stdin,
    interactive: false,
    now: () => new Date(),
    soft,
    hard: new AbortController().signal,
    exitCode: EXIT.failed,
  }
  const request: SurveyRequest = {
    execute: false,
    yes: false,
    waitMs: 0,
    sources: sources.map(parseAddress),
    watch: false,
    windowMs: 500,
    sample: 2000,
    ...more,
  }
  const present: Presentation = { format: json ? 'json' : 'text', color: false, quiet: true, verbose: false }
  await survey(request, io, present)
  return { out, exitCode: io.exitCode }
}
