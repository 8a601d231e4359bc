import { expect, it } from 'vitest'
import { Holds } from '../../../../../src/brokers/rabbitmq/relay/holds.js'
import type { QueueRelayRequest } from '../../../../../src/brokers/rabbitmq/relay/request.js'
import { FakeClock } from '../../../core/fake-clock.js'

/** Holds of a run whose gate keeps the reasons that were lifted. */
function aRun() {
  const lifted: string[] = []
  const release = (reason: string) => {
    lifted.push(reason)
    return true
  }
  const clock = new FakeClock()
  return { lifted, clock, holds: new Holds({ release } as unknown as QueueRelayRequest, clock) }
}

it('waits for a confirm that is missing until one comes, or the connection turns out to be lost', async () => {
  const { holds, lifted, clock } = aRun()
  let isOver = false
  const { message } = holds.unconfirmed(
    10,
    () => isOver,
    () => expect.unreachable(),
  )
  await clock.advance(4000)
  expect(lifted).toEqual([])
  isOver = true
  await clock.advance(500)
  expect(lifted).toEqual([message])
})

it('gives a channel up that confirms nothing, after pauses that grow', async () => {
  const { holds, lifted, clock } = aRun()
  let givenUp = 0
  const pauses: number[] = []
  for (let tries = 1; tries <= 4; tries++) {
    holds.unconfirmed(
      10,
      () => false,
      () => void givenUp++,
    )
    const began = clock.now()
    while (lifted.length < tries) await clock.advance(250)
    pauses.push(clock.now() - began)
    await clock.advance(11_000)
  }
  expect([givenUp, pauses]).toEqual([4, [5000, 10_000, 20_000, 40_000]])
})

it('asks a lane that refuses messages again after pauses that grow, up to half a minute', async () => {
  const { holds, lifted, clock } = aRun()
  const pauses: number[] = []
  for (let tries = 1; tries <= 6; tries++) {
    const { message } = holds.nacked(['orders.spill.run.00', 'orders.spill.run.01'])
    expect(message).toBe('RabbitMQ refuses messages of orders.spill.run.00 and others (basic.nack): is it full?')
    const began = clock.now()
    while (lifted.length < tries) await clock.advance(250)
    pauses.push(clock.now() - began)
  }
  expect(pauses).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000])
})

it('begins anew with a short pause when the lane took messages meanwhile', async () => {
  const { holds, lifted, clock } = aRun()
  holds.nacked(['a'])
  await clock.advance(2000 + 10_000)
  holds.nacked(['a'])
  await clock.advance(2000)
  expect(lifted).toHaveLength(2)
})
