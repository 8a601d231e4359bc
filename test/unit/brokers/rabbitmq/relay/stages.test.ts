import { expect, it } from 'vitest'
import { Stages } from '../../../../../src/brokers/rabbitmq/relay/stages.js'
import { delivery } from '../a-message.js'

const seen = (stages: Stages, size: number, redelivered = false) => stages.seen({ ...delivery({ redelivered }), size })

it.each([
  [100, 5000],
  [4096, 2000],
  [64 << 10, 1024],
  [5 << 20, 12],
  [40 << 20, 1],
  [100 << 20, 1],
])('keeps bodies of %d bytes to %d in flight', (size, prefetch) => {
  const stages = new Stages(5000, false)
  seen(stages, size)
  expect(stages.prefetch).toBe(prefetch)
})

it('is no more than the plan says', () => {
  const stages = new Stages(300, false)
  seen(stages, 10)
  expect(stages.prefetch).toBe(300)
})

it('forgets a large body two batches later', () => {
  const stages = new Stages(5000, false)
  seen(stages, 5 << 20)
  stages.turn()
  seen(stages, 10)
  expect(stages.prefetch).toBe(12)
  stages.turn()
  expect(stages.prefetch).toBe(5000)
})

it('takes few after a crash, until a message comes that was not delivered before', () => {
  const stages = new Stages(5000, true)
  seen(stages, 10, true)
  expect(stages.prefetch).toBe(100)
  expect(stages.next(100_000, Number.POSITIVE_INFINITY)).toEqual({ prefetch: 100, until: 100 })
  seen(stages, 10)
  expect([stages.prefetch, stages.outgrown({ prefetch: 100, until: 1 })]).toEqual([5000, true])
})

it('asks for exactly what is left at the end, and ends a long stage before it could bring too many', () => {
  const stages = new Stages(1000, false)
  seen(stages, 10)
  const left = Number.POSITIVE_INFINITY
  expect(stages.next(10, left)).toEqual({ prefetch: 10, until: 10 })
  expect(stages.next(1500, left)).toEqual({ prefetch: 1000, until: 1000 })
  expect(stages.next(10_000, left)).toEqual({ prefetch: 1000, until: 8000 })
})

it('lets no more wait than a slow rate moves in a minute', () => {
  const stages = new Stages(5000, false)
  seen(stages, 10)
  expect(stages.next(100_000, 2).prefetch).toBe(300)
})

it('looks at a few first, because nobody knows how large they are', () => {
  expect(new Stages(5000, false).next(100_000, Number.POSITIVE_INFINITY)).toEqual({ prefetch: 50, until: 50 })
})
