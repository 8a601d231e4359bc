import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import type { RabbitLink } from '../../../../../src/brokers/rabbitmq/link.js'
import { readyWhenStill } from '../../../../../src/brokers/rabbitmq/relay/recover.js'

/** A server that tells these counts, and the last one again and again. */
function telling(counts: readonly number[], grows = 0): RabbitLink {
  const left = [...counts]
  let last = 0
  const checkQueue = async () => {
    last = left.shift() ?? last + grows
    return { messageCount: last, consumerCount: 0 }
  }
  const channel = async () => Object.assign(new EventEmitter(), { checkQueue, close: async () => undefined })
  return { channel, settings: { username: 'guest' } } as unknown as RabbitLink
}

it('waits until what a dead connection held has come back', async () => {
  expect(await readyWhenStill(telling([10, 10, 60]), 'orders')).toBe(60)
})

it('takes a queue that is published to all the time as it is after some seconds', async () => {
  expect(await readyWhenStill(telling([10], 5), 'orders')).toBeGreaterThan(10)
})
