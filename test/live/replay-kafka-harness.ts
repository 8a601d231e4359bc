import { expect } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { describeTopic } from '../../src/brokers/kafka/admin/topics.js'
import { complete, discard } from './discard-kafka-harness.js'
import { witness } from './drain-harness.js'
import { aBacklog, type Broker, onLink, type Scene, type Told, told } from './fault-harness.js'
import { type Finished, type Running, spawnSpillway, spillway } from './kafka-lab.js'

/** A backlog that was let go: the run of the discard, and the topic that it was in. */
export type LetGo = Scene & { readonly run: string; readonly target: string; readonly to: string }

const GO = ['--execute', '--yes', '--output', 'json']

/** Lets a backlog go, and makes an empty topic to send it to. */
export async function letGo(
  broker: Broker,
  request: Parameters<typeof aBacklog>[1],
  target: { readonly partitions?: number; readonly settings?: Record<string, string> } = {},
): Promise<LetGo> {
  const scene = await aBacklog(broker, request)
  const { run } = complete(await discard(scene))
  const topic = await aTarget(scene, target)
  return { ...scene, run, target: topic, to: `${broker.url}/${topic}` }
}

/** Makes an empty topic, with as many partitions as that of the scene unless told. */
export async function aTarget(
  { broker, topic }: Pick<Scene, 'broker' | 'topic'>,
  {
    name = `${topic}-again`,
    partitions,
    settings = {},
  }: { readonly name?: string; readonly partitions?: number; readonly settings?: Record<string, string> } = {},
): Promise<string> {
  await onLink(broker, async link => {
    const same = (await describeTopic(link, topic))?.partitions.length ?? 1
    await createTopic(link, { name, partitions: partitions ?? same, replication: 1, settings })
  })
  return name
}

/** A replay of the archive of a scene, to its end. */
export const replay = ({ home, run, to }: LetGo, flags: readonly string[] = [], env = {}): Promise<Finished> =>
  spillway(['replay', `archive:${run}`, '--to', to, ...GO, ...flags], { home, env })

/** Starts one that the test kills. */
export const startReplay = ({ home, run, to }: LetGo, flags: readonly string[] = []): Running =>
  spawnSpillway(['replay', `archive:${run}`, '--to', to, ...GO, ...flags], { home })

/** The envelope of a command that ended with an exit code. */
export function ended(finished: Finished, exit = 0): Told {
  expect(finished.code, finished.stdout + finished.stderr).toBe(exit)
  return told(finished)
}

/** Fails unless Kafka's own client reads the same records in both topics, byte for byte and in as many; of each partition, where they have as many. */
export async function expectSameRecords({
  broker,
  topic,
  target,
}: Pick<Scene, 'broker' | 'topic'> & { readonly target: string }): Promise<void> {
  const [sent, again] = [await witness(broker, topic), await witness(broker, target)]
  expect([again.records, again.sum]).toEqual([sent.records, sent.sum])
  if (Object.keys(again.partitions).length === Object.keys(sent.partitions).length)
    expect(again.partitions).toEqual(sent.partitions)
}
