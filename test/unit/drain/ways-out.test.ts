import { describe, expect, it } from 'vitest'
import type { Backlog, WayOut } from '../../../src/core/survey.js'
import { waysOut } from '../../../src/drain/ways-out.js'
import { backlog, live, skewed } from './ways-out-fixture.js'

const NO_SET_UP = { setUpSeconds: 0, copyRate: 1e12 }
const way = (name: WayOut['name'], survey: Backlog, given = {}): WayOut => {
  const found = waysOut(survey, { ...NO_SET_UP, ...given }).find(out => out.name === name)
  if (found === undefined) throw new Error(`no way ${name}`)
  return found
}

describe('waysOut', () => {
  it('goes from the cheapest to the dearest', () => {
    expect(waysOut(backlog()).map(out => out.name)).toEqual(['wait', 'fanout', 'drain', 'skip-and-replay'])
  })

  it('lets 10 million at 3k against 2k take 2.8 hours', () => {
    const { eta } = way('wait', backlog())
    expect(eta.low).toBeCloseTo(10_000, 0)
    expect(eta.high).toBeCloseTo(10_000, 0)
    expect(eta.binding).toBe('service 3,000/s against growth 2,000/s')
  })

  it('spans 6 minutes to today’s time when the downstream cap is unknown, and names it', () => {
    const { eta } = way('drain', backlog())
    expect(eta.low).toBeCloseTo(357, 0)
    expect(eta.high).toBeCloseTo(10_000, 0)
    expect(eta.binding).toContain('cap is unknown')
  })

  it('turns ten times into three times under a cap of 5k, and names the cap', () => {
    const { eta } = way('drain', backlog(), { downstreamCap: 5000 })
    expect([eta.low, eta.high].map(s => Math.round((s ?? 0) / 60))).toEqual([56, 56])
    expect(eta.binding).toBe('the downstream cap of 5,000/s')
  })

  it('says never where service is not above growth', () => {
    const { eta, losesFirst } = way('wait', backlog({ ...live, service: 2000 }))
    expect(eta).toMatchObject({ verdict: 'never' })
    expect(eta.high).toBeUndefined()
    expect(losesFirst).toBe(false)
  })

  it('leaves the upper end open where today’s rate would never do', () => {
    const { eta } = way('fanout', backlog({ ...live, service: 1000 }))
    expect(eta.verdict).toBeUndefined()
    expect(eta.low).toBeCloseTo(10_000_000 / 8000, 0)
    expect(eta.high).toBeUndefined()
  })

  it('says never where even ten times is not above growth', () => {
    expect(way('fanout', backlog({ ...live, service: 150 })).eta.verdict).toBe('never')
  })

  it('adds what arrives during set-up and copy', () => {
    const { eta } = way('drain', backlog(), { setUpSeconds: 100, copyRate: 100_000, downstreamCap: 30_000 })
    const before = 100 + (10_000_000 + 2000 * 100) / 100_000
    expect(eta.low).toBeCloseTo(before + (10_000_000 + 2000 * before) / 28_000, 0)
  })

  it('lets the hottest key put a floor under ordered ways only', () => {
    const hot = { ...backlog(), skew: skewed(0.6) }
    expect(way('drain', hot).eta.low).toBeCloseTo(6_000_000 / (3000 / 4), 0)
    expect(way('drain', hot).eta.binding).toContain('hottest key (k1, 60 %')
    expect(way('skip-and-replay', hot).eta.low).toBeCloseTo(357, 0)
  })

  it('is unknown while the group is stopped, until a service rate is given', () => {
    const stopped = backlog({ ...live, service: 0, verdict: 'idle' })
    expect(way('wait', stopped).eta.verdict).toBe('unknown')
    expect(way('wait', stopped).eta.binding).toContain('--service-rate')
    expect(way('wait', stopped, { serviceRate: 3000 }).eta.low).toBeCloseTo(10_000, 0)
  })

  it('calls a live group that reads nothing never, not unknown', () => {
    expect(way('wait', backlog({ ...live, service: 0 })).eta.verdict).toBe('never')
  })

  it('says which ways come after the first loss', () => {
    const tight = backlog({ ...live, service: 2500, growth: 2600, firstLossSeconds: 100 })
    const outs = waysOut(tight, { setUpSeconds: 10, copyRate: 1e6 })
    expect(outs.map(out => [out.name, out.losesFirst])).toEqual([
      ['wait', true],
      ['fanout', true],
      ['drain', false],
      ['skip-and-replay', false],
    ])
  })

  it('stretches the slack by what the consumers still read: S ÷ (1 − μ/λ)', () => {
    const slow = backlog({ ...live, service: 1000, growth: 2000, firstLossSeconds: 3600 })
    expect(way('wait', slow).costs.join()).toContain('from 2 h on')
  })

  it('has nothing to offer for an empty backlog', () => {
    const outs = waysOut(backlog({ ...live, lag: 0n, service: 0, verdict: 'idle' }))
    expect(outs.map(out => out.eta)).toEqual([expect.objectContaining({ low: 0, high: 0 })])
  })
})
