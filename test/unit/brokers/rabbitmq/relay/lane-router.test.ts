import { expect, it } from 'vitest'
import { LaneRouter } from '../../../../../src/brokers/rabbitmq/relay/lane-router.js'
import { murmur2 } from '../../../../../src/core/murmur2.js'
import { delivery, entry, longText, table } from '../a-message.js'

const keyed = (key: string) => delivery({ encoded: { headers: table(entry('customer', 'S', longText(key))) } })

it('sends messages round without a key', () => {
  const router = new LaneRouter(3, undefined)
  expect([1, 2, 3, 4].map(tag => router.laneOf(delivery({ tag })))).toEqual([0, 1, 2, 0])
})

it('keeps each key in the lane of its hash', () => {
  const router = new LaneRouter(7, 'header:customer')
  for (let n = 0; n < 100; n++) {
    const key = Buffer.from(`customer-${n}`)
    const lane = murmur2(key, 0, key.length) % 7
    expect([router.laneOf(keyed(`customer-${n}`)), router.laneOf(keyed(`customer-${n}`))]).toEqual([lane, lane])
  }
})

it('sends messages without the key round, past those that have it', () => {
  const router = new LaneRouter(2, 'header:customer')
  expect(
    [delivery(), keyed('a'), delivery(), delivery()].map(one => router.laneOf(one)).filter((_, i) => i !== 1),
  ).toEqual([0, 1, 0])
})

it('takes an empty routing key for a key', () => {
  const router = new LaneRouter(5, 'routing-key')
  const lanes = [1, 2, 3].map(() => router.laneOf(delivery({ routingKey: '' })))
  expect(new Set(lanes).size).toBe(1)
})
