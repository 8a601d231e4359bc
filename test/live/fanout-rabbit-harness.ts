import { connect, type RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import { openManagement } from '../../src/brokers/rabbitmq/management.js'
import type { RabbitSettings } from '../../src/brokers/rabbitmq/settings.js'
import { type LaneQueuesOptions, openLaneQueues } from '../../src/brokers/rabbitmq/work/lane-queues.js'
import { openQueueRange, type QueueRangeOptions } from '../../src/brokers/rabbitmq/work/queue-range.js'
import { NO_COUNTS } from '../../src/core/counts.js'
import type { RunEvent } from '../../src/core/event.js'
import { HoldGate } from '../../src/core/gate.js'
import type { Message } from '../../src/core/message.js'
import { temporaryQueues } from '../../src/core/temporary-queue.js'
import { type Intake, LaneGone, type WorkLane } from '../../src/fanout/ports.js'
import type { Encoded } from '../unit/brokers/rabbitmq/a-message.js'
import { publishRaw } from './rabbit-relay-harness.js'

export type QueueType = 'classic' | 'quorum'
export type Lanes = { readonly run: string; readonly queues: readonly string[]; readonly type: QueueType }
let runs = 0

/** Lanes of a drain that is done, with messages of keys k0 to k9; each key in one lane. Bodies are `KEY:0`, `KEY:1` and so on. */
export async function someLanes(
  link: RabbitLink,
  { type = 'classic', lanes = 3, perKey = 100, encoded = {} }: Shape = {},
): Promise<Lanes> {
  const run = `${process.pid}-${++runs}`
  const queues = temporaryQueues('orders', run, lanes)
  const channel = await link.channel()
  for (const queue of queues) {
    await channel.assertExchange(queue, 'fanout')
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } })
    await channel.bindQueue(queue, queue, '')
  }
  await channel.close()
  for (const [lane, queue] of queues.entries())
    await publishRaw(link, queue, messagesOf({ lane, lanes, perKey, encoded }))
  return { run, queues, type }
}

type Shape = { type?: QueueType; lanes?: number; perKey?: number; encoded?: Encoded }

function messagesOf({ lane, lanes, perKey, encoded }: Required<Omit<Shape, 'type'>> & { lane: number }) {
  const keys = Array.from({ length: 10 }, (_, key) => key).filter(key => key % lanes === lane)
  return Array.from({ length: perKey }, (_, i) =>
    keys.map(key => ({
      body: Buffer.from(`k${key}:${i}`),
      routingKey: `k${key}`,
      encoded: { 'delivery-mode': Buffer.of(2), ...encoded },
    })),
  ).flat()
}

/** Opens them as one process would. */
export const openThem = (
  { run, queues, type }: Lanes,
  { settings, ...more }: { settings: RabbitSettings } & Partial<LaneQueuesOptions>,
): Promise<Intake> =>
  openLaneQueues({
    connect: purpose => connect(settings, `${run} ${purpose}`),
    run,
    queues,
    queueType: type,
    order: 'key',
    key: 'routing-key',
    gate: new HoldGate(),
    isWhole: () => true,
    warn: () => undefined,
    now: () => new Date(),
    ...more,
  })

export type Worked = {
  readonly messages: Message[]
  readonly bodies: string[]
  readonly events: RunEvent[]
  readonly finished: string[]
  readonly gone: string[]
  redelivered: number
}

/** A worker without retries or windows: handles each chunk in order, and settles it. */
export async function workThrough(
  intake: Intake,
  { handle = () => undefined, soft = NEVER }: How = {},
): Promise<Worked> {
  const worked: Worked = { messages: [], bodies: [], events: [], finished: [], gone: [], redelivered: 0 }
  const ending = new AbortController()
  const stop = AbortSignal.any([soft, ending.signal])
  const lanes: Promise<void>[] = []
  let failure: unknown
  const fail = (error: unknown) => {
    failure ??= error
    ending.abort()
  }
  try {
    for await (const taken of intake.take(stop)) {
      if ('event' in taken) worked.events.push(taken.event)
      else lanes.push(workLane(taken.lane, { handle, soft: stop }, worked).catch(fail))
    }
    await Promise.all(lanes)
  } finally {
    await intake[Symbol.asyncDispose]()
  }
  if (failure !== undefined) throw failure
  return worked
}

const NEVER = new AbortController().signal
type How = { handle?: (message: Message) => unknown; soft?: AbortSignal }

async function workLane(lane: WorkLane, { handle, soft }: Required<How>, worked: Worked): Promise<void> {
  let clean = true
  try {
    await lane.open()
    for await (const chunk of lane.chunks(soft)) {
      worked.redelivered += chunk.redelivered ?? 0
      for (const message of chunk.messages) {
        await handle(message)
        worked.messages.push(message)
        worked.bodies.push(String(message.value))
      }
      await lane.settle({ upTo: chunk.next, messages: chunk.messages, counts: NO_COUNTS })
    }
  } catch (error) {
    if (!(error instanceof LaneGone)) throw error
    clean = false
    worked.gone.push(lane.lane)
  }
  await lane.close(clean)
  if (lane.finished) worked.finished.push(lane.lane)
}

/** Bodies of one key, in the order in which they were handled. */
export const ofKey = (bodies: readonly string[], key: string) => bodies.filter(body => body.startsWith(`${key}:`))
/** The same as they were published. */
export const published = (key: string, perKey = 100) => Array.from({ length: perKey }, (_, i) => `${key}:${i}`)
export const KEYS = Array.from({ length: 10 }, (_, key) => `k${key}`)

/** Opens a range of a queue as a process would; the lock goes with it. */
export const openIt = (
  queue: string,
  { settings, captured, type = 'classic', ...more }: Range & Partial<QueueRangeOptions>,
): Promise<Intake> =>
  openQueueRange({
    connect: purpose => connect(settings, `range ${purpose}`),
    plan: {
      topic: queue,
      vhost: settings.vhost,
      lanes: [{ lane: queue, from: '0', to: String(captured) }],
      expect: { messages: 0n, bytes: 0n },
    } as never,
    queueType: type,
    management: openManagement(settings),
    gate: new HoldGate(),
    warn: () => undefined,
    now: () => new Date(),
    ...more,
  })

type Range = { readonly settings: RabbitSettings; readonly captured: number; readonly type?: QueueType }
