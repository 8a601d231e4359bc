import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/event.js'
import { foldProgress, noProgress, progressAt } from '../../../src/report/progress.js'

const time = (second: number): string => new Date(second * 1000).toISOString()
const started = (second: number): RunEvent => ({
  ...{ type: 'started', at: time(second), host: 'h', pid: 1, resumed: false },
})
const settled = (second: number, read: bigint, holes = 0n): RunEvent => ({
  ...{ type: 'settled', at: time(second), lane: '0', mark: '1' },
  counts: { read, written: read, parked: 0n, dropped: 0n, holes, markers: 0n, aborted: 0n, bytes: 0n },
})
const held = (second: number, reason: string): RunEvent => ({
  ...{ type: 'held', at: time(second), reason, until: 'clears' },
})
const released = (second: number, reason: string): RunEvent => ({
  ...{ type: 'released', at: time(second), reason, by: 'cleared' },
})
const having = (total: bigint, ...events: RunEvent[]) => events.reduce(foldProgress, noProgress(total))
const every = (from: number, to: number, step: number, read: bigint): RunEvent[] =>
  Array.from({ length: Math.round((to - from) / step) }, (_, at) => settled(from + (at + 1) * step, read))

describe('progress', () => {
  it('starts without a speed or an ETA', () => {
    expect(progressAt(noProgress(100n), 0)).toEqual({ done: 0, total: 100, messagesPerSecond: 0, state: 'starting' })
    const early = having(100n, started(0), settled(1, 10n))
    expect(progressAt(early, 1_000)).not.toHaveProperty('etaSeconds')
  })

  it('moves at the rate of the last ten seconds, holes included', () => {
    const state = having(
      100_000n,
      started(0),
      ...every(0, 60, 0.1, 10n),
      ...every(60, 80, 0.1, 20n),
      settled(80, 0n, 30n),
    )
    const progress = progressAt(state, 80_000)
    expect(progress.done).toBe(6_000 + 4_000 + 30)
    expect(progress.messagesPerSecond).toBeCloseTo(203, -1)
    expect(state.samples.length).toBeLessThan(50)
  })

  it('gives the ETA as a range between the moving rate and the overall one', () => {
    const state = having(10_000n, started(0), ...every(0, 60, 0.5, 50n), ...every(60, 80, 0.5, 25n))
    const { etaSeconds, done } = progressAt(state, 80_000)
    expect(etaSeconds?.low).toBeCloseTo((10_000 - done) / 87.5, 0)
    expect(etaSeconds?.high).toBeCloseTo((10_000 - done) / 50, 0)
  })

  it('has the reason of a hold and no ETA meanwhile, and starts its rate anew behind it', () => {
    const before = having(10_000n, started(0), ...every(0, 10, 1, 100n), held(10, 'disk'), held(11, 'lag'))
    expect(progressAt(before, 500_000)).toMatchObject({ state: 'held', holdReason: 'disk', messagesPerSecond: 0 })
    expect(progressAt(before, 500_000)).not.toHaveProperty('etaSeconds')
    const behind = [released(500, 'disk'), released(500, 'lag'), settled(501, 100n), settled(502, 100n)].reduce(
      foldProgress,
      before,
    )
    expect(progressAt(behind, 502_000)).toMatchObject({ state: 'running', messagesPerSecond: 100 })
  })

  it('fades to nothing when nothing comes any more', () => {
    const state = having(10_000n, started(0), ...every(0, 10, 1, 100n))
    expect(progressAt(state, 15_000).messagesPerSecond).toBeLessThan(80)
    expect(progressAt(state, 60_000).messagesPerSecond).toBe(0)
  })

  it('counts what an earlier execution did as done, not as speed', () => {
    const state = having(10_000n, started(0), ...every(0, 5, 1, 1_000n), started(100), ...every(100, 110, 1, 100n))
    expect(progressAt(state, 110_000)).toMatchObject({
      done: 6_000,
      messagesPerSecond: 100,
      etaSeconds: { low: 40, high: 40 },
    })
  })

  it('ends, and never shows more than all', () => {
    const state = having(10n, started(0), settled(1, 12n), { type: 'ended', at: time(2), ending: { kind: 'complete' } })
    expect(progressAt(state, 2_000)).toMatchObject({ state: 'ended', done: 12, total: 12 })
  })
})
