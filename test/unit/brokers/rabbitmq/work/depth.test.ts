import { describe, expect, it } from 'vitest'
import { Depth } from '../../../../../src/brokers/rabbitmq/work/depth.js'

function aDepth({ ahead = 20, lanes = 1, most }: { ahead?: number; lanes?: number; most?: number } = {}) {
  let now = 0
  const depth = new Depth({ ahead, lanes: () => lanes, most, now: () => now })
  const handle = (perSecond: number) => {
    depth.handled(0)
    now += 1000
    depth.handled(perSecond)
  }
  return { depth, handle }
}

describe('how many messages of a lane are unacked', () => {
  it('begins with what keeps the handlers busy, twice, and never with many', () => {
    expect(aDepth().depth.wanted).toBe(40)
    expect(aDepth({ ahead: 20, lanes: 10 }).depth.wanted).toBe(4)
    expect(aDepth({ ahead: 100 }).depth.wanted).toBe(100)
  })

  it('grows with the speed of the handlers, up to 5000 small messages or 2000 others', () => {
    const { depth, handle } = aDepth()
    depth.arrived(100)
    handle(1000)
    expect(depth.wanted).toBe(5000)
    depth.arrived(5000)
    expect(depth.wanted).toBe(2000)
    expect(depth.outgrown(40)).toBe(true)
    expect(depth.outgrown(2000)).toBe(false)
  })

  it('stays shallow for slow handlers, so that nothing waits for minutes', () => {
    const { depth, handle } = aDepth({ ahead: 4 })
    depth.arrived(100)
    handle(1)
    expect(depth.wanted).toBe(20)
    expect(depth.outgrown(8)).toBe(false)
  })

  it('shares 64 MiB out among the lanes, but keeps the handlers busy', () => {
    const { depth, handle } = aDepth({ ahead: 20, lanes: 4 })
    depth.arrived(1 << 20)
    handle(10_000)
    expect(depth.wanted).toBe(16)
    depth.arrived(64 << 20)
    expect(depth.wanted).toBe(5)
    expect(depth.outgrown(16)).toBe(true)
  })

  it('takes no more than the plan says', () => {
    const { depth, handle } = aDepth({ most: 300 })
    depth.arrived(10)
    handle(10_000)
    expect(depth.wanted).toBe(300)
  })

  it('is the same for each consumer that is kept, whatever its process has by then', () => {
    const prefetch = (held: number, bytes: number) => {
      const depth = new Depth({ ahead: 20, lanes: () => held, all: 4, bodyBytes: bytes, now: () => 0 })
      return depth.fixed
    }
    expect([1, 2, 4].map(held => prefetch(held, 1000))).toEqual([500, 500, 500])
    expect([1, 2, 4].map(held => prefetch(held, 100_000))).toEqual([128, 128, 128])
    expect(prefetch(1, 103_000)).toBe(128)
  })
})
