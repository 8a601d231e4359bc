import { getHeapStatistics } from 'node:v8'
import { expect, it, vi } from 'vitest'
import { boundHeap } from '../../../src/fanout/heap-bound.js'

const MB = 1e6
const used = () => getHeapStatistics().used_heap_size

it('has what is dead collected once the heap takes so much, and no more after it was let go of', async () => {
  vi.useFakeTimers()
  const bound = boundHeap(used() + 10 * MB)
  let litter: unknown[] = Array.from({ length: 1_500_000 }, (_, i) => ({ i }))
  const before = used()
  litter = []
  vi.advanceTimersByTime(500)
  expect(litter).toHaveLength(0)
  expect(before - used()).toBeGreaterThan(20 * MB)
  bound[Symbol.dispose]()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})
