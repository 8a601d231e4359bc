import { describe, expect, it } from 'vitest'
import { Breaker } from '../../../src/fanout/breaker.js'

const outages = (breaker: Breaker, count: number, now = 0) => {
  for (let i = 0; i < count; i++) breaker.end('outage', now)
}

describe('Breaker', () => {
  it('opens when most of what was tried met an outage, not before there is enough to judge by', () => {
    const breaker = new Breaker()
    outages(breaker, 9)
    expect(breaker.open).toBe(false)
    expect(breaker.end('outage', 0)).toBe(true)
    expect(breaker.open).toBe(true)
  })

  it('opens after ten outages in a row, or three that took two seconds, however well it went before', () => {
    const [quick, slow] = [new Breaker(), new Breaker()]
    for (const breaker of [quick, slow]) for (let i = 0; i < 100; i++) breaker.end('ok', 0)
    outages(quick, 9)
    expect(quick.open).toBe(false)
    expect(quick.end('outage', 0)).toBe(true)
    expect([1000, 2000, 3000].map(now => slow.end('outage', now))).toEqual([false, false, true])
  })

  it('lets failures of messages pass: they park', () => {
    const breaker = new Breaker()
    for (let i = 0; i < 200; i++) breaker.end('failed', 0)
    expect(breaker.open).toBe(false)
  })

  it('opens on failures as well where a share of errors is given', () => {
    const breaker = new Breaker({ maxErrorPercent: 50 })
    for (let i = 0; i < 20; i++) breaker.end(i % 2 === 1 ? 'failed' : 'ok', 0)
    expect(breaker.open).toBe(false)
    breaker.end('failed', 0)
    expect(breaker.open).toBe(true)
  })

  it('sends one probe after a second, then after twice as long, and closes when one does well', () => {
    const breaker = new Breaker()
    outages(breaker, 10)
    expect(breaker.waitMs(0)).toBe(1000)
    expect(breaker.waitMs(1000)).toBe(0)
    breaker.begin()
    expect(breaker.waitMs(1000)).toBe(Number.POSITIVE_INFINITY)
    expect(breaker.end('outage', 1100)).toBe(false)
    expect(breaker.waitMs(1100)).toBe(2000)
    breaker.begin()
    expect(breaker.end('ok', 3200)).toBe(true)
    expect(breaker.open).toBe(false)
    expect(breaker.waitMs(3200)).toBe(0)
  })

  it('takes late failures of what was begun before for no answer of the probe', () => {
    const breaker = new Breaker()
    outages(breaker, 12)
    expect(breaker.waitMs(0)).toBe(1000)
  })

  it('never waits longer than half a minute between probes', () => {
    const breaker = new Breaker()
    outages(breaker, 10)
    let now = 0
    for (let i = 0; i < 10; i++) {
      now += breaker.waitMs(now)
      breaker.begin()
      breaker.end('outage', now)
    }
    expect(breaker.waitMs(now)).toBe(30_000)
  })
})
