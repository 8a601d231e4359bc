import { describe, expect, it } from 'vitest'
import type { Counts, RunEvent } from '../../../src/core/event.js'
import { activeSeconds, foldAll, foldRun, isAborted, NOTHING_YET, type RunSoFar } from '../../../src/core/fold.js'
import { toEnvelope } from '../../../src/core/to-envelope.js'

const at = (second: number): string => new Date(Date.parse('2026-11-21T01:00:00Z') + second * 1000).toISOString()
const counts = (read: bigint, more: Partial<Counts> = {}): Counts => ({
  ...{ read, written: read, parked: 0n, dropped: 0n, holes: 0n, markers: 0n, aborted: 0n, bytes: read * 100n },
  ...more,
})
const started = (second: number, resumed = false): RunEvent => ({
  ...{ type: 'started', at: at(second), host: 'h', pid: 7, resumed },
})
const opened = (lane: string, from: string, to: string): RunEvent => ({ type: 'opened', at: at(0), lane, from, to })
const settled = (lane: string, second: number, mark: string, amount: Counts): RunEvent => ({
  ...{ type: 'settled', at: at(second), lane, mark, counts: amount },
})
const ended = (second: number, ending: (RunEvent & { type: 'ended' })['ending']): RunEvent => ({
  ...{ type: 'ended', at: at(second), ending },
})
const fold = (...events: RunEvent[]): RunSoFar => events.reduce(foldRun, NOTHING_YET)
const plan = {
  ...{ run: 'r1', kind: 'drain', source: 'kafka://h:1/t?group=g', target: 'kafka://h:1/t.spill.r1' },
  ...{
    lanes: [
      { lane: '10', from: '5', to: '9' },
      { lane: '2', from: '0', to: '7' },
    ],
    warnings: ['plan'],
    refusals: ['r'],
  },
}
const envelope = (state: RunSoFar, alive: boolean, now = at(100)) =>
  toEnvelope(plan, state, { alive, now: new Date(now), originals: 'may start' })

/** Small linear congruential generator: the same shuffles every time (Numerical Recipes' constants). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** Mixes lanes at random, each lane's own order kept. */
function interleave(lanes: readonly (readonly RunEvent[])[], random: () => number): RunEvent[] {
  const queues = lanes.map(lane => [...lane])
  const mixed: RunEvent[] = []
  for (let open = queues; open.length > 0; open = open.filter(queue => queue.length > 0)) {
    const next = open[Math.floor(random() * open.length)]?.shift()
    if (next !== undefined) mixed.push(next)
  }
  return mixed
}

describe('foldRun', () => {
  it('sums ledger, bytes and what is no data, lane by lane and over all', () => {
    const state = fold(
      ...[started(0), opened('0', '5', '20'), opened('1', '0', '3')],
      settled('0', 1, '15', counts(7n, { written: 5n, parked: 1n, dropped: 1n, holes: 1n, markers: 1n, aborted: 1n })),
      settled('1', 2, '3', counts(3n)),
      settled('0', 3, '20', counts(5n)),
    )
    expect(state.ledger).toEqual({ read: 15n, written: 13n, parked: 1n, dropped: 1n })
    expect(state.notData).toEqual({ holes: 1n, markers: 1n, aborted: 1n })
    expect(state.bytes).toBe(1_500n)
    expect(state.lanes.get('0')).toMatchObject({ from: '5', to: '20', mark: '20', read: 12n, finished: false })
  })

  it('shows where a lane ended that followed its tail beyond the first end', () => {
    const done: RunEvent = { type: 'finished', at: at(2), lane: '0', mark: '25' }
    const state = fold(started(0), opened('0', '5', '20'), settled('0', 1, '25', counts(20n)), done)
    expect(state.lanes.get('0')).toMatchObject({ from: '5', to: '25', mark: '25', finished: true })
  })

  it('does not depend on how lanes interleave', () => {
    const random = randomFrom(42)
    const lanes = ['0', '1', '2', '3', '4'].map(lane => {
      const batches = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, batch) =>
        settled(lane, batch, String(batch), counts(BigInt(Math.floor(random() * 1_000)), { parked: BigInt(batch) })),
      )
      return [opened(lane, '0', '99'), ...batches, { type: 'finished', at: at(9), lane, mark: '99' } as const]
    })
    const straight = fold(started(0), ...lanes.flat())
    for (let round = 0; round < 50; round++) {
      const mixed = fold(started(0), ...interleave(lanes, random))
      expect(mixed).toEqual(straight)
      expect(envelope(mixed, true)).toEqual(envelope(straight, true))
    }
  })

  it('gives the same for a whole journal as event by event, and changes no earlier state', async () => {
    const events = [started(0), opened('0', '0', '9'), settled('0', 1, '9', counts(9n)), ended(2, { kind: 'complete' })]
    const before = fold(...events.slice(0, 2))
    const copy = structuredClone(before)
    expect(await foldAll(events)).toEqual(fold(...events))
    foldRun(before, settled('0', 5, '1', counts(1n)))
    expect(before).toEqual(copy)
  })

  it('adds up over a kill and a resume, without the time in between', () => {
    const state = fold(
      ...[started(0), opened('0', '0', '20'), settled('0', 10, '10', counts(10n))],
      ...[started(1_000, true), opened('0', '10', '20'), settled('0', 1_005, '20', counts(10n))],
      ended(1_010, { kind: 'complete' }),
    )
    expect(activeSeconds(state)).toBe(20)
    expect(state.lanes.get('0')).toMatchObject({ from: '0', mark: '20', read: 20n })
    expect(envelope(state, false)).toMatchObject({
      ...{ state: 'complete', messagesPerSecond: 1, bytesPerSecond: 100, startedAt: at(0), endedAt: at(1_010) },
    })
  })

  it('does not count the time before a late undo as work', () => {
    const state = fold(started(0), ended(10, { kind: 'complete' }), ended(9_999, { kind: 'undone' }))
    expect(activeSeconds(state)).toBe(10)
    expect(envelope(state, false).state).toBe('undone')
  })

  it('measures holds, closes them at the end, and by a kill', () => {
    const held = (reason: string, second: number): RunEvent => ({
      ...{ type: 'held', at: at(second), reason, until: 'clears' },
    })
    const open = fold(started(0), held('disk', 10))
    expect(envelope(open, true, at(25))).toMatchObject({
      ...{ state: 'held', held: [{ reason: 'disk', since: at(10), seconds: 15 }] },
    })
    const released = foldRun(open, { type: 'released', at: at(14), reason: 'disk', by: 'cleared' })
    expect(envelope(released, true)).toMatchObject({ state: 'running', held: [{ seconds: 4 }] })
    const killed = fold(started(0), held('disk', 10), settled('0', 12, '1', counts(1n)), started(500, true))
    expect(envelope(killed, true, at(600)).held).toEqual([{ reason: 'disk', since: at(10), seconds: 2 }])
  })

  it('tells a hold that comes again by itself within a minute as one that grows', () => {
    const hold = (reason: string, from: number, to: number, until: 'clears' | 'operator' = 'clears'): RunEvent[] => [
      { type: 'held', at: at(from), reason, until },
      { type: 'released', at: at(to), reason, by: 'cleared' },
    ]
    const busy = [...hold('429', 10, 11), ...hold('429', 12, 13), ...hold('disk', 14, 15), ...hold('429', 73, 75)]
    const events = [...busy, ...hold('429', 200, 205), ...hold('pause', 210, 211, 'operator')]
    const state = fold(started(0), ...events, ...hold('pause', 212, 213, 'operator'))
    expect(envelope(state, true).held).toEqual([
      { reason: '429', since: at(10), seconds: 4 },
      { reason: 'disk', since: at(14), seconds: 1 },
      { reason: '429', since: at(200), seconds: 5 },
      { reason: 'pause', since: at(210), seconds: 1 },
      { reason: 'pause', since: at(212), seconds: 1 },
    ])
  })

  it('counts a doubted range once, although a resumed run reports it again', () => {
    const doubted: RunEvent = {
      ...{ type: 'doubted', at: at(1), lane: '2', from: '5', to: '9', why: 'foreign commit', messages: 4n },
    }
    const state = fold(started(0), doubted, started(5, true), doubted, { ...doubted, lane: '3' })
    expect(envelope(state, true).duplicatesAtMost).toBe(8n)
    expect(envelope(state, true).warnings.join()).toContain('Lane 2: 5 up to 9 may be there twice')
  })
})

describe('toEnvelope', () => {
  it('says planned, with the lanes of the plan in natural order', () => {
    const planned = envelope(NOTHING_YET, false)
    expect(planned).toMatchObject({ state: 'planned', startedAt: null, endedAt: null, balanced: true, refusals: ['r'] })
    expect(planned.lanes.map(lane => lane.lane)).toEqual(['2', '10'])
    expect(planned.lanes[1]).toEqual({ lane: '10', read: 0n, written: 0n, from: '5', to: '9' })
  })

  it('says stopped, killed where no process lives and nothing ended it', () => {
    const state = fold(started(0), settled('2', 8, '3', counts(3n)))
    expect(envelope(state, false)).toMatchObject({ state: 'stopped', reason: 'killed', endedAt: at(8) })
    expect(envelope(state, true)).toMatchObject({ state: 'running', endedAt: null })
  })

  it('shows a hold that no lane has carried to the journal yet, and forgets one that is lifted', () => {
    const status = (state: RunSoFar, holds: { reason: string; until: 'operator'; since: string }[]) =>
      toEnvelope(plan, state, { alive: true, now: new Date(at(20)), originals: 'may start', holds })
    const pause = { reason: 'operator: lunch', until: 'operator', since: at(15) } as const
    const running = fold(started(0))
    const held = [{ reason: pause.reason, since: at(15), seconds: 5 }]
    expect(status(running, [pause])).toMatchObject({ state: 'held', held })
    const journalled = foldRun(running, { type: 'held', at: at(15), reason: pause.reason, until: 'operator' })
    expect(status(journalled, [pause])).toMatchObject({ state: 'held', held })
    expect(status(journalled, [])).toMatchObject({ state: 'running', held })
  })

  it('carries the error of a failed run and the reason of a stopped one', () => {
    const error = { code: 'x', message: 'm', hint: 'h' }
    const failed = envelope(fold(started(0), ended(1, { kind: 'failed', ...error, exitCode: 1 })), false)
    expect(failed).toMatchObject({ state: 'failed', error: { ...error, details: [] } })
    const aborted = fold(started(0), ended(1, { kind: 'stopped', by: 'aborted' }))
    expect(isAborted(aborted)).toBe(true)
    expect(envelope(aborted, false)).toMatchObject({ state: 'stopped', reason: 'aborted' })
    expect(isAborted(foldRun(aborted, started(2, true)))).toBe(false)
  })

  it('is not balanced when a message is unaccounted for', () => {
    const short = fold(started(0), settled('0', 1, '1', counts(5n, { written: 4n })))
    expect(envelope(short, true).balanced).toBe(false)
  })
})

it('knows the rate that was set last, which no other steering changes', () => {
  const steered = (what: string, rate?: { messages: number } | 'unlimited'): RunEvent => ({
    ...{ type: 'steered', at: at(1), what, by: 'ann' },
    ...(rate === undefined ? {} : { rate }),
  })
  expect(fold(started(0), steered('pause')).rate).toBeUndefined()
  expect(fold(started(0), steered('rate', { messages: 5 }), steered('pause')).rate).toEqual({ messages: 5 })
  expect(fold(steered('rate', { messages: 5 }), steered('rate', 'unlimited'), started(2, true)).rate).toBe('unlimited')
})

it('is not balanced after somebody else wrote to the target, whatever the counts say', () => {
  const failure = { kind: 'failed', code: 'foreign-write', message: 'm', hint: 'h', exitCode: 4 } as const
  const state = fold(started(0), opened('2', '0', '7'), settled('2', 1, '7', counts(7n)), ended(2, failure))
  expect(envelope(state, false)).toMatchObject({ state: 'failed', balanced: false, error: { code: 'foreign-write' } })
  expect(envelope(foldRun(state, started(3, true)), true).balanced).toBe(true)
})
