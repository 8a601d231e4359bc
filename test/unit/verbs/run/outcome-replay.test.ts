import { describe, expect, it } from 'vitest'
import type { Ending } from '../../../../src/core/event.js'
import { NOTHING_YET } from '../../../../src/core/fold.js'
import type { ReplayPlan } from '../../../../src/core/replay-plan.js'
import { planReplay } from '../../../../src/replay/plan.js'
import { describeReplay } from '../../../../src/report/replay-plan-text.js'
import { printOutcome } from '../../../../src/verbs/run/outcome.js'
import type { Recorder } from '../../../../src/verbs/run/recorder.js'
import { fakeIo } from '../../commands/fake-io.js'

const WINDOW = { from: '00:30', to: '05:00', zone: 'Asia/Shanghai', night: '2026-11-22', job: 'j' }
const target = { system: 'kafka', target: 'kafka://h:9092/t', place: 'kafka://h:9092/t', clusterId: 'C' } as const

const aPlan = (more: Partial<Parameters<typeof planReplay>[1]> = {}): ReplayPlan =>
  planReplay(
    {
      source: {
        ...{ source: 'archive:A', from: { kind: 'archive', run: 'A' }, system: 'kafka', bytes: 0n, warnings: [] },
        lanes: [{ lane: '0', from: '0', to: '7', messages: 7n }],
      },
      target: { ...target, warnings: [] },
      refusals: [],
    },
    { run: 'R', now: new Date(0), transactions: true, maxReplays: 3, ...more },
  )

async function told(ending: Ending, parked = 0n): Promise<string> {
  const { io, out } = fakeIo()
  const ledger = { read: 7n, written: 7n - parked, parked, dropped: 0n }
  const state = { ...NOTHING_YET, ledger, ending: { ...ending, at: '2026-11-22T00:00:00Z' } }
  const present = { format: 'text', color: false, quiet: true } as const
  const plan = aPlan({ window: WINDOW })
  await printOutcome({ plan, recorder: { state } as Recorder, given: {}, io, present }, { ending, journalled: true })
  return out()
}

describe('a nightly replay with --quiet', () => {
  it('is one line when it went well', async () =>
    expect(await told({ kind: 'complete' })).toBe('COMPLETE: run R sent 7 messages of archive:A to kafka://h:9092/t\n'))

  it('tells all where something is left', async () => {
    expect(await told({ kind: 'complete' }, 2n)).toContain('parked')
    const stopped = await told({ kind: 'stopped', by: 'window over until 2026-11-23 00:30 Asia/Shanghai' })
    expect(stopped).toMatch(/^STOPPED \(window over until 2026-11-23 00:30 Asia\/Shanghai\): run R;/)
    expect(stopped).toContain('spillway resume R')
  })
})

describe('the plan of a nightly replay', () => {
  it('says in which hours it works, and while what it holds', () => {
    const gauges = {
      ...{ replicaLagMs: 10_000, query: { text: 'SELECT 1', max: 0 }, url: 'http://h/healthy', holdFile: '/run/hold' },
      ...{ targetLag: { max: 100, group: 'g' }, database: { address: 'postgres://r:5432/d' } },
    }
    const text = describeReplay(aPlan({ window: WINDOW, gauges })).replace(/\s+/g, ' ')
    for (const each of [
      'Hours 00:30-05:00 Asia/Shanghai, the night of 2026-11-22; at the end it stops, and a resume goes on.',
      'Holds while replica lag of postgres://r:5432/d over 10 s, or that cannot be told.',
      'Holds while SELECT 1 of postgres://r:5432/d over 0, or that cannot be told.',
      'Holds while more than 100 messages that g has not read at the target, or that cannot be told.',
      'Holds while no 2xx from http://h/healthy, or that cannot be told.',
      'Holds while /run/hold is there, or that cannot be told.',
    ])
      expect(text).toContain(each)
  })
})
