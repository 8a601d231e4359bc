import { describe, expect, it, vi } from 'vitest'
import { PagePace } from '../../../../../src/brokers/kafka/replay/page-pace.js'

/** A transaction that took so long, as full as it might be. */
function took(pace: PagePace, ms: number, held = pace.size): void {
  pace.begin()
  vi.advanceTimersByTime(ms)
  pace.end(held)
}

describe('the pace of pages', () => {
  it('grows while transactions close quickly, to an end', () => {
    vi.useFakeTimers()
    const pace = new PagePace()
    for (let i = 0; i < 20; i++) took(pace, 10)
    expect(pace.size).toEqual({ messages: 8000, bytes: 2 << 20 })
    vi.useRealTimers()
  })

  it('shrinks when they take long, and stays where they are just right', () => {
    vi.useFakeTimers()
    const pace = new PagePace()
    took(pace, 180)
    expect(pace.size.messages).toBe(250)
    took(pace, 120)
    expect(pace.size.messages).toBe(250)
    for (let i = 0; i < 20; i++) took(pace, 180)
    expect(pace.size.messages).toBe(125)
    vi.useRealTimers()
  })

  it('learns nothing from one that held little', () => {
    vi.useFakeTimers()
    const pace = new PagePace()
    took(pace, 1, { messages: 3, bytes: 300 })
    expect(pace.size.messages).toBe(500)
    vi.useRealTimers()
  })

  it('looks for a message that is refused in halves, and is itself again behind it', () => {
    const pace = new PagePace()
    pace.refused(500)
    expect(pace.size.messages).toBe(250)
    pace.refused(250)
    for (let left = 125; left > 1; left = Math.floor(left / 2)) pace.refused(left)
    expect(pace.size.messages).toBe(1)
    for (let left = 500; left > 0; left--) pace.end({ messages: 1, bytes: 1 })
    expect(pace.size.messages).toBe(500)
  })
})
