import { expect, it } from 'vitest'
import { OwnConsumers } from '../../../../../src/brokers/rabbitmq/relay/own-consumers.js'
import { FakeClock } from '../../../core/fake-clock.js'

const NOTHING_OPEN = Number.POSITIVE_INFINITY
function some({ lingers = true } = {}) {
  const clock = new FakeClock()
  return { clock, own: new OwnConsumers(lingers, clock) }
}

it('counts the one that reads, however long', async () => {
  const { clock, own } = some()
  own.began('a')
  await clock.advance(60_000)
  expect(own.count(NOTHING_OPEN)).toBe(1)
})

it('counts one that was cancelled until its last message is acked, and a moment longer', async () => {
  const { clock, own } = some()
  own.began('a')
  own.ended('a', 50)
  own.began('b')
  await clock.advance(60_000)
  expect(own.count(50)).toBe(2)
  expect(own.count(51)).toBe(2)
  await clock.advance(5000)
  expect(own.count(51)).toBe(1)
})

it('counts those of a lost channel a moment longer than there is a new one', async () => {
  const { clock, own } = some()
  own.began('a')
  own.lost()
  await clock.advance(3000)
  own.lost()
  own.began('b')
  await clock.advance(3000)
  expect(own.count(NOTHING_OPEN)).toBe(2)
  await clock.advance(1000)
  expect(own.count(NOTHING_OPEN)).toBe(1)
})

it('counts one that was cancelled no more where the queue forgets it at once', () => {
  const { own } = some({ lingers: false })
  own.began('a')
  own.ended('a', 50)
  own.began('b')
  expect(own.count(1)).toBe(1)
})

it('tells the most there were since it was asked before, those that came and went among them', async () => {
  const { clock, own } = some({ lingers: false })
  expect(own.most(NOTHING_OPEN)).toBe(0)
  own.began('a')
  own.ended('a', 50)
  await clock.advance(10_000)
  own.began('b')
  own.ended('b', 60)
  expect(own.most(NOTHING_OPEN)).toBe(1)
  expect(own.most(NOTHING_OPEN)).toBe(0)
})
