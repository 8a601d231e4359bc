import { describe, expect, it } from 'vitest'
import { sampleSpots } from '../../../../../src/brokers/kafka/survey/sample-spots.js'

const lane = (partition: number, lag: number) => ({ partition, from: 100n, to: 100n + BigInt(lag) })
const records = (stretches: readonly { records: number }[] | undefined) =>
  (stretches ?? []).reduce((sum, each) => sum + each.records, 0)

describe('sampleSpots', () => {
  it('shares the sample by lag, with a least share for small lanes', () => {
    const spots = sampleSpots([lane(0, 900_000), lane(1, 100_000), lane(2, 10)], 10_000)
    expect(records(spots.get(0))).toBeCloseTo(9000, -2)
    expect(records(spots.get(1))).toBeCloseTo(1000, -2)
    expect(records(spots.get(2))).toBe(50)
  })
  it('spreads over the whole backlog without overlap', () => {
    const stretches = sampleSpots([lane(0, 8000)], 20_000).get(0) ?? []
    expect(stretches).toHaveLength(8)
    expect(stretches.map(stretch => stretch.from)).toEqual([100n, 1100n, 2100n, 3100n, 4100n, 5100n, 6100n, 7100n])
    expect(stretches.at(-1)?.to).toBe(8100n)
  })
  it('leaves out lanes without a backlog and, beyond 256, the smallest', () => {
    expect(sampleSpots([lane(0, 0)], 100).size).toBe(0)
    const spots = sampleSpots(
      Array.from({ length: 300 }, (_, p) => lane(p, p + 1)),
      20_000,
    )
    expect(spots.size).toBe(256)
    expect(spots.has(0)).toBe(false)
  })
})
