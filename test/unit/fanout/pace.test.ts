import { describe, expect, it } from 'vitest'
import { Pace } from '../../../src/fanout/pace.js'

/** Runs `seconds` of a handler that takes `latency(rate)` ms and fails where `fails(rate)`; gives the rate at the end and what was begun. */
function run(
  pace: Pace,
  from: number,
  seconds: number,
  { latency = 1, fails = false } = {},
): { begun: number; now: number } {
  let begun = 0
  let now = from
  while (now < from + seconds * 1000) {
    const wait = pace.take(now)
    if (wait === 0) {
      begun++
      pace.observe(latency, !fails)
    } else now += wait
  }
  return { begun, now }
}

describe('Pace', () => {
  it('begins slowly and doubles each second while all is well', () => {
    const pace = new Pace({ targetLatencyMs: 100, minRate: 10 }, 0)
    expect(pace.rate).toBe(10)
    run(pace, 0, 5)
    expect(pace.rate).toBeGreaterThanOrEqual(80)
  })

  it('takes back by a factor when the handler is slow, then adds little by little', () => {
    const pace = new Pace({ targetLatencyMs: 100, minRate: 10 }, 0)
    const { now } = run(pace, 0, 6)
    const before = pace.rate
    const slow = run(pace, now, 5, { latency: 500 })
    const after = pace.rate
    expect(after).toBeLessThan(before)
    const settled = run(pace, slow.now, 2)
    const low = pace.rate
    run(pace, settled.now, 4)
    expect(pace.rate).toBeGreaterThan(low)
    expect(pace.rate).toBeLessThan(low * 1.5)
  })

  it('takes back when tries fail', () => {
    const pace = new Pace({ minRate: 10 }, 0)
    const { now } = run(pace, 0, 6)
    const before = pace.rate
    run(pace, now, 5, { fails: true })
    expect(pace.rate).toBeLessThan(before)
  })

  it('stays between the two rates', () => {
    const pace = new Pace({ targetLatencyMs: 100, minRate: 20, maxRate: 50 }, 0)
    const { now, begun } = run(pace, 0, 10)
    expect(pace.rate).toBe(50)
    expect(begun).toBeLessThanOrEqual(520)
    run(pace, now, 20, { latency: 900 })
    expect(pace.rate).toBe(20)
  })

  it('does not make up for a pause in a burst', () => {
    const pace = new Pace({ minRate: 100, maxRate: 100 }, 0)
    let burst = 0
    while (pace.take(60_000) === 0) burst++
    expect(burst).toBeLessThanOrEqual(10)
  })

  it('begins from below again after an outage', () => {
    const pace = new Pace({ minRate: 10 }, 0)
    run(pace, 0, 6)
    pace.restart()
    expect(pace.rate).toBe(10)
  })
})
