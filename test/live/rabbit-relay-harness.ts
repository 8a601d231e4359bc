import type { RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import { connect } from '../../src/brokers/rabbitmq/link.js'
import { ConfirmWindow } from '../../src/brokers/rabbitmq/relay/confirm-window.js'
import { Intake } from '../../src/brokers/rabbitmq/relay/intake.js'
import { openQueueRelay } from '../../src/brokers/rabbitmq/relay/open-relay.js'
import { OwnConsumers } from '../../src/brokers/rabbitmq/relay/own-consumers.js'
import type { ParkedMessage, QueueRelayRequest } from '../../src/brokers/rabbitmq/relay/request.js'
import type { RabbitSettings } from '../../src/brokers/rabbitmq/settings.js'
import { bodyOf, type Delivery, exchangeOf, routingKey } from '../../src/brokers/rabbitmq/wire/delivery.js'
import { FRAME_HEAD } from '../../src/brokers/rabbitmq/wire/frames.js'
import { channelNumber } from '../../src/brokers/rabbitmq/wire/inner-connection.js'
import type { RunEvent } from '../../src/core/event.js'
import { HoldGate } from '../../src/core/gate.js'
import { pump } from '../../src/core/pump.js'
import type { QueuePlan } from '../../src/core/queue-plan.js'
import { temporaryQueues } from '../../src/core/temporary-queue.js'
import { type Encoded, frame, headerFrame, short } from '../unit/brokers/rabbitmq/a-message.js'

export type Message = { readonly encoded?: Encoded; readonly body: Buffer; readonly routingKey?: string }
/** A message as its bytes: what a copy must share with its original. */
export type Raw = { readonly header: string; readonly body: Buffer; readonly routingKey: string }

/** Publishes messages through the default exchange as the frames given, and waits for their confirms. */
export async function publishRaw(link: RabbitLink, exchange: string, messages: readonly Message[]): Promise<void> {
  const channel = await link.confirmChannel()
  const number = channelNumber(channel)
  const window = new ConfirmWindow()
  const all = new Promise<void>((resolve, reject) => {
    channel.on('ack', ({ deliveryTag, multiple }) => {
      window.confirm(deliveryTag, multiple, true)
      if (window.pending === 0) resolve()
    })
    channel.on('nack', () => reject(new Error(`${exchange} took not all of them`)))
    channel.on('error', reject)
  })
  for (let tag = 1; tag <= messages.length; tag++) window.publish(tag, 0, 0)
  for (const { encoded = {}, body, routingKey: key = '' } of messages) {
    const publish = Buffer.concat([Buffer.of(0, 60, 0, 40, 0, 0), short(exchange), short(key), Buffer.of(0)])
    link.inner.stream.write(frame(1, number, publish))
    link.inner.stream.write(headerFrame(encoded, body.length, number))
    for (let at = 0; at < body.length; at += 131064)
      link.inner.stream.write(frame(3, number, body.subarray(at, at + 131064)))
  }
  if (messages.length > 0) await all
  await channel.close()
}

/** Takes the messages of a queue as their frames. */
export async function readRaw(link: RabbitLink, queue: string): Promise<Raw[]> {
  const consumers = new OwnConsumers(false)
  const seen = () => undefined
  const intake = await Intake.open({
    link,
    queue,
    exclusive: false,
    takesBack: false,
    nacksReorder: false,
    seen,
    consumers,
  })
  const { messages } = await intake.sync()
  if (messages > 0) await intake.consume({ prefetch: messages, until: messages })
  const raw: Raw[] = []
  for (let last = 0; raw.length < messages; ) {
    if (intake.waiting === 0) await intake.changed.wait(1000)
    if (intake.failure !== undefined) throw intake.failure
    for (const one of intake.next(1000, Number.POSITIVE_INFINITY)) {
      raw.push(rawOf(one))
      last = one.tag
    }
    if (raw.length === messages) intake.ack(last, true)
  }
  await intake.sync()
  await intake.close()
  return raw
}

const rawOf = (one: Delivery): Raw => ({
  header: one.bytes.subarray(one.header + FRAME_HEAD, one.body - 1).toString('hex'),
  body: bodyOf(one),
  routingKey: `${exchangeOf(one).replace(/.*\.spill\..*/, 'lane')} ${routingKey(one)}`,
})

/** What the copy of a message must look like, edits of the plan included. */
export const expectedRaw = (encoded: Encoded, body: Buffer, key: string): Raw => ({
  header: headerFrame(encoded, body.length).subarray(FRAME_HEAD, -1).toString('hex'),
  body,
  routingKey: `lane ${key}`,
})

export type Scene = { readonly settings: RabbitSettings; readonly queue: string; readonly type: 'classic' | 'quorum' }

/** A plan as a survey would draw it, as far as the relay reads it. */
export function planOf({ queue, type }: Scene, messages: number, more: Partial<QueuePlan> = {}): QueuePlan {
  const lane = { lane: queue, from: '0', to: String(messages), messages: BigInt(messages), targets: [0, 1, 2] }
  return {
    kind: 'drain',
    system: 'rabbitmq',
    run: 'run1',
    queue,
    queueType: type,
    target: `amqp://broker/${queue}.spill.run1`,
    lanes: [lane],
    laneQueues: temporaryQueues(queue, 'run1', 3),
    laneArguments: { 'x-queue-type': type },
    until: 'now',
    prefetch: 5000,
    singleActiveConsumer: false,
    setAside: { expiration: true, userId: true },
    ...more,
  } as QueuePlan
}

export type Drained = {
  events: RunEvent[]
  parked: ParkedMessage[]
  doubts: number
  read: number
  written: number
  window: number
  held: string[]
  redelivered: number
}

type How = Partial<QueueRelayRequest> & {
  readonly soft?: AbortSignal
  /** Called at each event, while the drain goes on. */
  readonly at?: (event: RunEvent, drained: Drained) => Promise<void> | void
}

/** Drains by the real pump and gate, without the commands around them. */
export async function drain(scene: Scene, plan: QueuePlan, how: How = {}): Promise<Drained> {
  const gate = new HoldGate()
  const drained: Drained = {
    events: [],
    parked: [],
    doubts: 0,
    read: 0,
    written: 0,
    window: 0,
    held: [],
    redelivered: 0,
  }
  const relay = await openQueueRelay({
    plan,
    connect: purpose => connect(scene.settings, `run1 ${purpose}`),
    journalled: { read: 0n, written: 0n },
    resumed: false,
    allow: async () => ({
      records: Number.POSITIVE_INFINITY,
      bytes: Number.POSITIVE_INFINITY,
      settle: () => undefined,
    }),
    park: async parked => void drained.parked.push(parked),
    release: reason => gate.release(reason, 'cleared'),
    noteWindow: async messages => {
      drained.window = Math.max(drained.window, messages)
    },
    noteDoubt: async messages => {
      drained.doubts += messages
    },
    ...how,
  })
  try {
    for (const lane of relay.lanes) {
      const backoff = () => new Promise<void>(resolve => setTimeout(resolve, 200))
      const signals = { soft: how.soft ?? new AbortController().signal, hard: new AbortController().signal }
      for await (const event of pump({ source: lane, sink: lane, gate, now: () => new Date(), backoff }, signals)) {
        drained.events.push(event)
        if (event.type === 'held') drained.held.push(event.reason)
        if (event.type === 'settled') {
          drained.read += Number(event.counts.read)
          drained.written += Number(event.counts.written)
        }
        await how.at?.(event, drained)
      }
    }
  } finally {
    drained.redelivered = relay.redelivered()
    await relay.close()
  }
  return drained
}
