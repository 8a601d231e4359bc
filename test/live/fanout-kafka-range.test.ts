import { Kafka, logLevel } from 'kafkajs'
import { expect, inject, it } from 'vitest'
import { listOffsets } from '../../src/brokers/kafka/admin/list-offsets.js'
import { commitOffsets, committedOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import type { Link } from '../../src/brokers/kafka/link.js'
import { openRange, type RangeRequest } from '../../src/brokers/kafka/work/open-range.js'
import type { FanoutPlan } from '../../src/core/fanout-plan.js'
import { HoldGate } from '../../src/core/gate.js'
import type { Chunk, OpenedLane } from '../../src/fanout/ports.js'
import { aTopicOf, eventually, onLink, type Scene } from './fanout-kafka-harness.js'

const broker = inject('kafka41')
const LANES = [0, 1, 2, 3]

/** A source whose group stands at its start, and the part of a plan that opening it needs. */
async function aSource(link: Link, records = 8_000): Promise<{ scene: Scene; plan: FanoutPlan }> {
  const scene = await aTopicOf(broker, { records, partitions: 4, transactions: 500, aborts: 0.2 })
  const { topic, group } = scene
  await commitOffsets(
    link,
    group,
    topic,
    LANES.map(partition => ({ partition, offset: 0, metadata: '' })),
  )
  const ends = await listOffsets(link, topic, LANES, 'stable')
  const lanes = LANES.map(p => ({ lane: String(p), from: '0', to: String(ends.get(p)?.offset), messages: 0n }))
  return { scene, plan: { kind: 'fanout', run: 'RUN', topic, group, order: 'key', maxAhead: 50, lanes } as never }
}

type How = Pick<RangeRequest, 'link' | 'plan' | 'mode' | 'nonce'> & {
  readonly enough?: number
  readonly gate?: HoldGate
}

/** Works the range with a loop of its own; stops without a word after `enough` messages. */
async function workRange({ enough = Number.POSITIVE_INFINITY, gate = new HoldGate(), ...how }: How) {
  const soft = new AbortController().signal
  const rest = { journalled: new Map(), host: 'here', gate, warn: () => undefined, soft, bytes: 16 << 20 }
  await using intake = await openRange({ ...how, ...rest })
  const opened: OpenedLane[] = []
  let settled = 0
  for await (const taken of intake.take(soft)) {
    if (!('lane' in taken)) continue
    const { lane } = taken
    opened.push(await lane.open())
    for await (const chunk of lane.chunks(soft)) {
      if (settled >= enough) return { opened, settled }
      await lane.settle({ upTo: chunk.next, messages: [], counts: countsOf(chunk) })
      settled += chunk.messages.length
    }
    await lane.close(true)
  }
  await intake.conclude?.()
  return { opened, settled }
}

/** Opens lanes and lets them go without having settled anything but so many chunks of the first one, all of them read to their ends. */
async function letGo({ chunks = 0, ...how }: Pick<How, 'link' | 'plan' | 'mode' | 'nonce'> & { chunks?: number }) {
  const soft = new AbortController().signal
  const rest = { journalled: new Map(), host: 'here', warn: () => undefined, soft, bytes: 16 << 20 }
  await using intake = await openRange({ ...how, gate: new HoldGate(), ...rest })
  let left = chunks
  for await (const taken of intake.take(soft)) {
    if (!('lane' in taken)) continue
    const { lane } = taken
    await lane.open()
    for await (const chunk of lane.chunks(soft))
      if (left-- > 0) await lane.settle({ upTo: chunk.next, messages: [], counts: countsOf(chunk) })
    await lane.close(true)
  }
  await intake.conclude?.()
}

function countsOf({ messages, notData, bytes }: Chunk) {
  const handled = BigInt(messages.length)
  return { read: handled, written: handled, parked: 0n, dropped: 0n, ...notData, bytes: BigInt(bytes) }
}

const commitsOf = async (link: Link, { group, topic }: Scene) =>
  [...((await committedOffsets(link, group, { topic })).get(topic) ?? [])].sort(([a], [b]) => a - b)

it('moves the group to the captured ends, and takes its claim off', () =>
  onLink(broker, async link => {
    const { scene, plan } = await aSource(link)
    const { settled } = await workRange({ link, plan, mode: 'fresh', nonce: 'a' })
    expect(settled).toBe(8_000)
    const at = (await commitsOf(link, scene)).map(([, { offset, metadata }]) => [String(offset), metadata])
    expect(at).toEqual(plan.lanes.map(({ to }) => [to, '']))
  }))

it('takes its claim off where it moved nothing, and is carried on from there all the same', () =>
  onLink(broker, async link => {
    const { scene, plan } = await aSource(link)
    await letGo({ link, plan, mode: 'fresh', nonce: 'a' })
    expect((await commitsOf(link, scene)).map(([, { offset, metadata }]) => [offset, metadata])).toEqual(
      LANES.map(() => [0, '']),
    )
    const { settled } = await workRange({ link, plan, mode: 'resume', nonce: 'b' })
    expect(settled).toBe(8_000)
  }))

it('does not take for its own what another run worked after it had moved nothing', () =>
  onLink(broker, async link => {
    const { plan } = await aSource(link)
    await letGo({ link, plan, mode: 'fresh', nonce: 'a' })
    await workRange({ link, plan: { ...plan, run: 'OTHER' }, mode: 'fresh', nonce: 'b' })
    await expect(workRange({ link, plan, mode: 'resume', nonce: 'c' })).rejects.toMatchObject({
      code: 'stale',
      exitCode: 4,
      message: expect.stringMatching(
        /stands at \d+ on partition \d, the end of this run, which read nothing from 0 on/,
      ),
    })
  }))

it('keeps its claim where lanes were read to their ends but not worked there, and where it was let go before a lane was opened', () =>
  onLink(broker, async link => {
    const { scene, plan } = await aSource(link)
    const claims = async () => (await commitsOf(link, scene)).map(([, { metadata }]) => metadata.split(' ')[1])
    await letGo({ link, plan, mode: 'fresh', nonce: 'a', chunks: 1 })
    expect(await claims()).toEqual(LANES.map(() => 'RUN'))
    const soft = AbortSignal.abort()
    const rest = { journalled: new Map(), host: 'here', warn: () => undefined, soft, bytes: 16 << 20 }
    await (await openRange({ link, plan, mode: 'resume', nonce: 'b', gate: new HoldGate(), ...rest }))[
      Symbol.asyncDispose
    ]()
    expect(await claims()).toEqual(LANES.map(() => 'RUN'))
    const { opened, settled } = await workRange({ link, plan, mode: 'resume', nonce: 'c' })
    expect(BigInt(settled) + (opened[0]?.recovered?.counts.read ?? 0n)).toBe(8_000n)
  }))

it('refuses a second runner, and carries the first one’s work on with what is doubted and what was not journalled', () =>
  onLink(broker, async link => {
    const { scene, plan } = await aSource(link)
    const before = await workRange({ link, plan, mode: 'fresh', nonce: 'a', enough: 1_000 })
    const [[, { metadata }] = [0, { metadata: '' }]] = await commitsOf(link, scene)
    expect(metadata).toMatch(/^spillway RUN - here n=a /)
    await expect(workRange({ link, plan: { ...plan, run: 'OTHER' }, mode: 'fresh', nonce: 'b' })).rejects.toMatchObject(
      {
        code: 'claimed',
        exitCode: 4,
      },
    )
    const after = await workRange({ link, plan, mode: 'resume', nonce: 'c' })
    expect(before.settled + after.settled).toBe(8_000)
    expect(after.opened[0]?.recovered?.counts.read).toBe(BigInt(before.settled))
    expect(after.opened[0]?.doubted?.messages).toBeLessThanOrEqual(50n)
    expect(after.opened[1]?.recovered).toBeUndefined()
  }))

it('stops where somebody else moves the group', () =>
  onLink(broker, async link => {
    const { scene, plan } = await aSource(link)
    const meddled = async () => {
      const soft = new AbortController().signal
      const rest = {
        journalled: new Map(),
        host: 'here',
        gate: new HoldGate(),
        warn: () => undefined,
        soft,
        bytes: 1 << 20,
      }
      await using intake = await openRange({ link, plan, mode: 'fresh', nonce: 'a', ...rest })
      for await (const taken of intake.take(soft)) {
        if (!('lane' in taken)) continue
        await taken.lane.open()
        await commitOffsets(link, scene.group, scene.topic, [{ partition: 0, offset: 3, metadata: '' }])
        for await (const chunk of taken.lane.chunks(soft))
          await taken.lane.settle({ upTo: chunk.next, messages: [], counts: countsOf(chunk) })
      }
    }
    await expect(meddled()).rejects.toMatchObject({ code: 'foreign-commit', exitCode: 4, lane: '0' })
  }))

it('refuses a group with members, and holds when one joins', () =>
  onLink(broker, async link => {
    const { scene, plan } = await aSource(link)
    const kafka = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING })
    const consumer = kafka.consumer({ groupId: scene.group })
    const gate = new HoldGate()
    const soft = new AbortController().signal
    const rest = { journalled: new Map(), host: 'here', warn: () => undefined, soft, bytes: 1 << 20 }
    const intake = await openRange({ link, plan, mode: 'fresh', nonce: 'a', gate, ...rest })
    await consumer.connect()
    await consumer.subscribe({ topic: scene.topic })
    await consumer.run({ autoCommit: false, eachMessage: async () => undefined })
    try {
      await eventually(() => gate.holds().some(({ reason }) => reason.startsWith('members seen in group')), 20_000)
      await expect(workRange({ link, plan, mode: 'resume', nonce: 'b' })).rejects.toMatchObject({ code: 'group-live' })
    } finally {
      await consumer.disconnect()
      await intake[Symbol.asyncDispose]()
    }
  }))
