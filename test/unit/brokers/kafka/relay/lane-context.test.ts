import { describe, expect, it } from 'vitest'
import { shareMemory } from '../../../../../src/brokers/kafka/relay/lane-context.js'

const SHAPES = [1, 2, 3, 12, 64, 500, 4000].flatMap(lanes =>
  [1, 2, 4, 10, 100, 1000].map(factor => ({ lanes, factor })),
)

describe.each(SHAPES)('with $lanes lanes and factor $factor', ({ lanes, factor }) => {
  const { open, fetch, builder, outstanding } = shareMemory(lanes, factor)

  it('opens at most 16 lanes, and at least one', () => {
    expect(open).toBeGreaterThanOrEqual(1)
    expect(open).toBeLessThanOrEqual(Math.min(16, lanes))
  })

  it('keeps responses, builders and what is outstanding within 80 MiB in all', () => {
    expect(open * (2 * fetch + factor * builder + outstanding)).toBeLessThanOrEqual(80 << 20)
  })

  it('gives each lane enough to work with', () => {
    expect(fetch).toBeGreaterThanOrEqual(512 << 10)
    expect(builder).toBeGreaterThanOrEqual(16 << 10)
    expect(outstanding).toBeGreaterThanOrEqual(1 << 20)
  })
})
