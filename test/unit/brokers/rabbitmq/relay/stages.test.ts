import { expect, it } from 'vitest'
import { beginningOf, Stages } from '../../../../../src/brokers/rabbitmq/relay/stages.js'
import { delivery } from '../a-message.js'

const UNLIMITED = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
const seen = (stages: Stages, size: number, redelivered = false) => stages.seen({ ...delivery({ redelivered }), size })

it.each([
  [100, 5000],
  [4096, 2000],
  [64 << 10, 1024],
  [5 << 20, 12],
  [40 << 20, 1],
  [100 << 20, 1],
])('keeps bodies of %d bytes to %d in flight', (size, prefetch) => {
  const stages = new Stages(5000, 'blind')
  seen(stages, size)
  expect(stages.prefetch).toBe(prefetch)
})

it('is no more than the plan says', () => {
  const stages = new Stages(300, 'blind')
  seen(stages, 10)
  expect(stages.prefetch).toBe(300)
})

it('forgets a large body two batches later', () => {
  const stages = new Stages(5000, 'blind')
  seen(stages, 5 << 20)
  stages.turn()
  seen(stages, 10)
  expect(stages.prefetch).toBe(12)
  stages.turn()
  expect(stages.prefetch).toBe(5000)
})

it('takes few after a crash, until a message comes that was not delivered before', () => {
  const stages = new Stages(5000, 'cautious')
  seen(stages, 10, true)
  expect(stages.prefetch).toBe(100)
  expect(stages.next(100_000, UNLIMITED)).toEqual({ prefetch: 100, until: 100 })
  seen(stages, 10)
  expect([stages.prefetch, stages.outgrown({ prefetch: 100, until: 1 })]).toEqual([5000, true])
})

it('takes all that a quorum queue gave back where order counts: a part of it would go behind the rest at the next death', () => {
  const stages = new Stages(2000, beginningOf(true, true))
  expect(stages.next(1500, UNLIMITED)).toEqual({ prefetch: 1500, until: 1500 })
  expect(stages.next(100_000, UNLIMITED)).toEqual({ prefetch: 2000, until: 96_000 })
  expect([beginningOf(true, false), beginningOf(false, true)]).toEqual(['cautious', 'blind'])
})

it('asks for exactly what is left at the end, and ends a long stage before it could bring too many', () => {
  const stages = new Stages(1000, 'blind')
  seen(stages, 10)
  expect(stages.next(10, UNLIMITED)).toEqual({ prefetch: 10, until: 10 })
  expect(stages.next(1500, UNLIMITED)).toEqual({ prefetch: 1000, until: 1000 })
  expect(stages.next(10_000, UNLIMITED)).toEqual({ prefetch: 1000, until: 8000 })
})

it('lets no more wait than a slow rate moves in a minute', () => {
  const stages = new Stages(5000, 'blind')
  seen(stages, 10)
  expect(stages.next(100_000, { ...UNLIMITED, records: 2 }).prefetch).toBe(300)
})

it('keeps a stage that is short because the rate is slow, until the rate is raised', () => {
  const stages = new Stages(5000, 'blind')
  seen(stages, 10)
  const slow = { ...UNLIMITED, records: 2 }
  const stage = stages.next(100_000, slow)
  expect([stages.outgrown(stage, slow), stages.outgrown(stage, UNLIMITED)]).toEqual([false, true])
})

it('counts a slow rate of bytes by the largest body', () => {
  const stages = new Stages(5000, 'blind')
  seen(stages, 1 << 20)
  expect(stages.next(100_000, { records: Number.POSITIVE_INFINITY, bytes: 40_000 }).prefetch).toBe(5)
})

it('lets less wait once a consumer_timeout was met', () => {
  const stages = new Stages(5000, 'blind')
  seen(stages, 10)
  stages.hurry(8000)
  expect(stages.next(100_000, { ...UNLIMITED, records: 2 }).prefetch).toBe(20)
  stages.hurry(1)
  expect(stages.next(100_000, { ...UNLIMITED, records: 2 }).prefetch).toBe(1)
})

it('looks at a few first, because nobody knows how large they are', () => {
  expect(new Stages(5000, 'blind').next(100_000, UNLIMITED)).toEqual({ prefetch: 50, until: 50 })
})
