import { describe, expect, it } from 'vitest'
import { Pacer } from '../../../src/core/rate.js'
import { FakeClock } from './fake-clock.js'

const never = new AbortController().signal

/** A lane that uses all it is given, or records of one size, until the clock is not moved any more. */
function lane(pacer: Pacer, stop: AbortSignal, recordBytes = 0) {
  const moved = { records: 0, bytes: 0, grants: 0 }
  const work = (async () => {
    while (!stop.aborted) {
      const grant = await pacer.grant(stop)
      const byBytes = recordBytes === 0 ? grant.records : Math.max(1, Math.floor(grant.bytes / recordBytes))
      const records = Math.min(grant.records, byBytes)
      grant.settle({ records, bytes: records * recordBytes })
      moved.records += records
      moved.bytes += records * recordBytes
      moved.grants++
    }
  })().catch((error: unknown) => {
    if (!stop.aborted) throw error
  })
  return { moved, work }
}

describe('Pacer', () => {
  it('hands out everything at once without a limit', async () => {
    const grant = await new Pacer(undefined, new FakeClock()).grant(never)
    expect(grant).toMatchObject({ records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY })
  })

  it.each([1, 3, 50, 5_000])('keeps to %i messages a second with one lane', async messages => {
    const clock = new FakeClock()
    const stop = new AbortController()
    const { moved, work } = lane(new Pacer({ messages }, clock), stop.signal)
    await clock.advance(20_000)
    stop.abort()
    await work
    expect(moved.records).toBeLessThanOrEqual(messages * 20)
    expect(moved.records).toBeGreaterThanOrEqual(messages * 20 * 0.95 - 1)
    if (messages > 100) expect(moved.grants).toBeLessThan(60)
  })

  it('shares the rate fairly among lanes', async () => {
    const clock = new FakeClock()
    const stop = new AbortController()
    const pacer = new Pacer({ messages: 1_000 }, clock)
    const lanes = Array.from({ length: 8 }, () => lane(pacer, stop.signal))
    await clock.advance(20_000)
    stop.abort()
    await Promise.all(lanes.map(({ work }) => work))
    const counts = lanes.map(({ moved }) => moved.records)
    const sum = counts.reduce((a, b) => a + b, 0)
    expect(sum).toBeLessThanOrEqual(20_000)
    expect(sum).toBeGreaterThan(18_500)
    expect(Math.min(...counts)).toBeGreaterThan(0.8 * Math.max(...counts))
  })

  it('serves sixteen lanes in turn at one message a second', async () => {
    const clock = new FakeClock()
    const stop = new AbortController()
    const pacer = new Pacer({ messages: 1 }, clock)
    const lanes = Array.from({ length: 16 }, () => lane(pacer, stop.signal))
    await clock.advance(32_500)
    stop.abort()
    await Promise.all(lanes.map(({ work }) => work))
    expect(lanes.map(({ moved }) => moved.records)).toEqual(Array(16).fill(2))
  })

  it('keeps to bytes a second with records larger than an allowance', async () => {
    const clock = new FakeClock()
    const stop = new AbortController()
    const { moved, work } = lane(new Pacer({ bytes: 10_000 }, clock), stop.signal, 25_000)
    await clock.advance(100_000)
    stop.abort()
    await work
    expect(moved.bytes).toBeLessThanOrEqual(1_000_000 + 25_000)
    expect(moved.bytes).toBeGreaterThan(900_000)
  })

  it('gives back what a lane did not use', async () => {
    const clock = new FakeClock()
    const pacer = new Pacer({ messages: 1_000 }, clock)
    const first = pacer.grant(never)
    await clock.advance(400)
    const grant = await first
    grant.settle({ records: 0, bytes: 0 })
    grant.settle({ records: 0, bytes: 0 })
    expect((await pacer.grant(never)).records).toBe(400)
  })

  it('saves up one second at most', async () => {
    const clock = new FakeClock()
    const pacer = new Pacer({ messages: 1_000 }, clock)
    await clock.advance(60_000)
    let sum = 0
    for (let at = 0; at < 2; at++) sum += (await pacer.grant(never)).records
    const late = pacer.grant(never)
    await clock.advance(500)
    sum += (await late).records
    expect(sum).toBeLessThanOrEqual(1_500)
  })

  it('obeys a changed rate while a lane waits', async () => {
    const clock = new FakeClock()
    const pacer = new Pacer({ messages: 1 }, clock)
    const waiting = pacer.grant(never)
    await clock.advance(100)
    pacer.change({ messages: 10_000 })
    await clock.advance(400)
    expect((await waiting).records).toBeGreaterThan(1_000)
    pacer.change(undefined)
    expect((await pacer.grant(never)).records).toBe(Number.POSITIVE_INFINITY)
  })

  it('throws the reason of an abort while it waits', async () => {
    const stop = new AbortController()
    const waiting = new Pacer({ messages: 1 }, new FakeClock()).grant(stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})
