import { describe, expect, it } from 'vitest'
import { queueWaysOut } from '../../../../src/drain/queue/ways-out.js'
import { aBlindSurvey, aQueueSurvey } from './a-queue-survey.js'

type Given = Parameters<typeof aQueueSurvey>[0]
const live = { consumerCount: 2, verdict: 'live' as const }
const ways = (given: Given = {}, assumptions = {}) =>
  Object.fromEntries(queueWaysOut(aQueueSurvey(given), assumptions).map(way => [way.name, way]))

describe('queueWaysOut', () => {
  it('has the names of the ways out of a topic, cheapest first', () => {
    expect(queueWaysOut(aQueueSurvey()).map(({ name }) => name)).toEqual(['wait', 'fanout', 'drain', 'skip-and-replay'])
  })

  it('waits for B ÷ (μ − λ)', () => {
    const { wait } = ways({ ...live, total: { growth: 100, service: 300 } })
    expect(wait?.eta).toMatchObject({ low: 500, high: 500 })
    expect(wait?.eta.binding).toBe('service 300/s against growth 100/s')
  })

  it('never ends where service is not above growth', () => {
    const all = ways({ ...live, total: { growth: 300, service: 300 } })
    expect(all.wait?.eta.verdict).toBe('never')
    expect(all.fanout?.eta.verdict).toBeUndefined()
  })

  it('says no "never" from rates that the window contradicts', () => {
    const all = ways({ ...live, total: { growth: 3000, service: 3, ratesAreYoung: true } })
    expect(Object.values(all).map(way => way.eta.verdict)).not.toContain('never')
    expect(all.wait?.eta).toMatchObject({ verdict: 'unknown', binding: expect.stringContaining('young') })
  })

  it('counts what is with consumers as waiting too', () => {
    const { wait } = ways({ ...live, total: { unacked: 100_000n, service: 200 } })
    expect(wait?.eta.low).toBe(1000)
  })

  it('knows no time for stopped consumers until their service rate is given', () => {
    expect(ways().wait?.eta.verdict).toBe('unknown')
    expect(ways().drain?.eta.binding).toContain('--service-rate')
    expect(ways({}, { serviceRate: 1000 }).wait?.eta).toMatchObject({ low: 100, high: 100 })
  })

  it('goes by the fall of the count where the management API is missing', () => {
    const rate = { mean: 50, low: 40, high: 60 }
    const falling = { ...live, total: { net: -50, serviceRate: rate } }
    const [wait, fanout] = queueWaysOut(aBlindSurvey(falling))
    expect(wait?.eta).toMatchObject({ low: 100_000 / 60, high: 100_000 / 40 })
    expect(fanout?.eta.verdict).toBe('unknown')
    expect(fanout?.eta.binding).toContain('without the management API')
    const [stuck] = queueWaysOut(aBlindSurvey({ ...live, total: { net: 10 } }))
    expect(stuck?.eta.verdict).toBe('never')
  })

  it('tells which ways lose messages first', () => {
    const firstExpiry = { low: 300, high: 300, by: 'policy ttl', what: 'the head message is dropped' }
    const all = ways({ ...live, total: { growth: 0, service: 10, firstExpiry } })
    expect([all.wait?.losesFirst, all.drain?.losesFirst]).toEqual([true, false])
  })

  it('has nothing to offer for an empty queue but waiting', () => {
    const [only, ...others] = queueWaysOut(aQueueSurvey({ total: { ready: 0n, bytes: 0n } }))
    expect([only?.name, only?.eta.high, others]).toEqual(['wait', 0, []])
  })
})
