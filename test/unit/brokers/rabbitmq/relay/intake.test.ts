import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import type { RabbitLink } from '../../../../../src/brokers/rabbitmq/link.js'
import { Intake } from '../../../../../src/brokers/rabbitmq/relay/intake.js'
import { OwnConsumers } from '../../../../../src/brokers/rabbitmq/relay/own-consumers.js'
import { deliverFrames } from '../a-message.js'

/** An intake of a quorum queue on a channel whose broker answers a cancel when it is told to. */
async function anIntake() {
  const asked = new EventEmitter()
  const done = async () => undefined
  const channel = Object.assign(new EventEmitter(), {
    ch: 1,
    prefetch: done,
    consume: done,
    cancel: () => once(asked, 'answer'),
    // As of one whose connection dies meanwhile: amqplib never answers.
    close: () => new Promise<void>(() => undefined),
  })
  const inner = { stream: new PassThrough(), rest: Buffer.alloc(0), recvFrame: () => false }
  const link = { channel: async () => channel, inner, onLost: () => undefined } as unknown as RabbitLink
  const parts = { queue: 'orders', exclusive: false, takesBack: true, nacksReorder: false, seen: () => undefined }
  const intake = await Intake.open({ link, ...parts, consumers: new OwnConsumers(true) })
  const arrive = (tag: number) => intake.take(Buffer.concat(Object.values(deliverFrames({ tag }))))
  return { intake, channel, arrive, answer: () => asked.emit('answer') }
}

it('lets no further ack through before a cancel is answered, since the ack would overtake it and let more come', async () => {
  const { intake, arrive, answer } = await anIntake()
  await intake.consume({ prefetch: 2, until: 5 })
  for (let tag = 1; tag <= 5; tag++) arrive(tag)
  expect([intake.consuming, intake.cancelling, intake.ackable]).toEqual([false, true, 3])
  answer()
  await expect.poll(() => intake.cancelling).toBe(false)
  expect([intake.consuming, intake.ackable]).toEqual([false, Number.POSITIVE_INFINITY])
})

it('is closed when its connection dies in the middle of the close', async () => {
  const { intake, channel } = await anIntake()
  const closing = intake.close()
  await Promise.resolve()
  channel.emit('close')
  await closing
})
