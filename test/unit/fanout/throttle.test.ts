import { describe, expect, it } from 'vitest'
import { HoldGate } from '../../../src/core/gate.js'
import { Pacer } from '../../../src/core/rate.js'
import { DONE } from '../../../src/fanout/ports.js'
import { Purse } from '../../../src/fanout/purse.js'
import { retryDelayMs } from '../../../src/fanout/retry.js'
import { Throttle } from '../../../src/fanout/throttle.js'

const throttleOf = (gate = new HoldGate()) => {
  let now = 0
  const purse = new Purse(new Pacer(undefined), new AbortController().signal, () => undefined)
  const throttle = new Throttle({ gate, slots: 64, now: () => now, purse })
  const pass = (ms: number) => {
    now += ms
  }
  return { gate, throttle, pass }
}

/** How many may be at work at once now. */
const room = (throttle: Throttle): number => {
  let running = 0
  while (running < 1000 && throttle.begin(running, 1) === 0) running++
  return running
}

describe('Throttle', () => {
  it('begins with few and comes to all slots by rounds that do well', () => {
    const { throttle } = throttleOf()
    expect(room(throttle)).toBe(4)
    for (let i = 0; i < 4; i++) throttle.end(DONE, 0)
    expect(room(throttle)).toBe(8)
    for (let i = 0; i < 200; i++) throttle.end(DONE, 0)
    expect(room(throttle)).toBe(64)
  })

  it('waits as long as the handler asks, holds with its reason, and begins again with one', () => {
    const { throttle, gate, pass } = throttleOf()
    throttle.end({ kind: 'later', reason: '503 Service Unavailable', afterMs: 5000 }, 0)
    expect(gate.holds().map(({ reason }) => reason)).toEqual(['handler: 503 Service Unavailable'])
    expect(throttle.begin(0, 1)).toBe(5000)
    pass(5000)
    expect(throttle.begin(0, 1)).toBe(0)
    expect(gate.closed).toBe(false)
    expect(room(throttle)).toBe(1)
  })

  it('keeps the first words of a hold that comes again, and those of another apart', () => {
    const { throttle, gate, pass } = throttleOf()
    const again = (reason: string): string[] => {
      throttle.end({ kind: 'later', reason, afterMs: 1000 }, 0)
      const told = gate.holds().map(each => each.reason)
      pass(1000)
      throttle.begin(0, 1)
      throttle.end(DONE, 0)
      return told
    }
    expect(again('429 Too Many Requests: request 1')).toEqual(['handler: 429 Too Many Requests: request 1'])
    expect(again('429 Too Many Requests: request 2')).toEqual(['handler: 429 Too Many Requests: request 1'])
    expect(again('503 Service Unavailable')).toEqual(['handler: 503 Service Unavailable'])
    pass(61_000)
    expect(again('503 Service Unavailable: b')).toEqual(['handler: 503 Service Unavailable: b'])
  })

  it('begins nothing while somebody else holds the run', () => {
    const { throttle, gate } = throttleOf()
    gate.hold('operator: pause', 'operator')
    expect(throttle.begin(0, 1)).toBe(Number.POSITIVE_INFINITY)
    gate.resume('me')
    expect(throttle.begin(0, 1)).toBe(0)
  })

  it('obeys an operator who ignores its hold', () => {
    const { throttle, gate } = throttleOf()
    for (let i = 0; i < 20; i++) throttle.end({ kind: 'failed', reason: 'ECONNREFUSED', outage: true }, 0)
    expect(throttle.begin(0, 1)).toBeGreaterThan(0)
    gate.ignore('handler', 'me')
    expect(throttle.begin(0, 1)).toBe(0)
  })
})

describe('retryDelayMs', () => {
  it('doubles from 200 ms to half a minute, half of it by chance', () => {
    expect(retryDelayMs(1, () => 0)).toBe(100)
    expect(retryDelayMs(1, () => 1)).toBe(200)
    expect(retryDelayMs(3, () => 1)).toBe(800)
    expect(retryDelayMs(100, () => 1)).toBe(30_000)
  })
})
