import { describe, expect, it } from 'vitest'
import { type LaneSoFar, NOTHING_YET, type RunSoFar } from '../../../../src/core/fold.js'
import type { DrainPlan } from '../../../../src/core/plan.js'
import { planDrain } from '../../../../src/drain/plan.js'
import { printOutcome } from '../../../../src/verbs/run/outcome.js'
import type { Recorder } from '../../../../src/verbs/run/recorder.js'
import { fakeIo } from '../../commands/fake-io.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'

const told = async (options: Parameters<typeof someOptions>[0], given = {}): Promise<string> => {
  const { io, out } = fakeIo()
  const plan = planDrain(aSurvey(), someOptions(options))
  const recorder = { state: NOTHING_YET } as Recorder
  const present = { format: 'text', color: false, quiet: true } as const
  await printOutcome({ plan, recorder, given, io, present }, { ending: { kind: 'complete' }, journalled: true })
  return out()
}

describe('a run that failed', () => {
  it.each(['text', 'json'] as const)('says so on standard error, whatever standard output is (%s)', async format => {
    const { io, out, err } = fakeIo()
    const recorder = { state: NOTHING_YET } as Recorder
    const ending = {
      kind: 'failed',
      code: 'journal-full',
      message: 'It is full',
      hint: 'Make room.',
      exitCode: 1,
    } as const
    const told = { ending, journalled: false }
    const plan = planDrain(aSurvey(), someOptions())
    const present = { format, color: false, quiet: true }
    await printOutcome({ plan, recorder, given: {}, io, present }, told)
    expect(err()).toBe('spillway: It is full\n  Make room.\n')
    expect(out()).toContain('It is full')
  })
})

describe('what comes after a complete copy', () => {
  it('names the group that will work the lanes', async () => {
    expect(await told({})).toContain('with consumers that are read_committed, group spillway.20261121-1200-k3f9;')
    expect(await told({ lanesGroup: 'fast' })).toContain('with consumers that are read_committed, group fast;')
  })

  it('names the command that works the lanes', async () => {
    expect(await told({})).toContain('Then work it:  spillway fanout 20261121-1200-k3f9 --exec CMD --execute\n')
  })

  it('prints commands that reach the brokers as this one did', async () => {
    const text = await told({}, { config: 'my settings.yaml' })
    expect(text).toContain("report 20261121-1200-k3f9 --verify --config 'my settings.yaml'\n")
    expect(text).toContain("restore 20261121-1200-k3f9 --config 'my settings.yaml'\n")
  })
})

describe('a run that parked something', () => {
  it('names the file, and the command that sends it on', async () => {
    const { io, out } = fakeIo({ SPILLWAY_HOME: '/var/spillway' })
    const plan = planDrain(aSurvey(), someOptions())
    const ledger = { read: 7n, written: 5n, parked: 2n, dropped: 0n }
    const recorder = { state: { ...NOTHING_YET, ledger } } as Recorder
    const present = { format: 'text', color: false, quiet: true } as const
    const run = { plan, recorder, given: { config: 'my.yaml' }, io, present }
    await printOutcome(run, { ending: { kind: 'complete' }, journalled: true })
    expect(out()).toContain(
      `Set aside:     2 messages, with reasons, in /var/spillway/runs/${plan.run}/parked.ndjson\n` +
        `Send them on:  spillway replay parked:${plan.run} --to ADDRESS --config my.yaml\n`,
    )
  })
})

describe('a drain that has waited for empty lanes', () => {
  const complete = async (plan: DrainPlan, lanes: RunSoFar['lanes']) => {
    const { io, out } = fakeIo()
    const ended = { kind: 'complete', at: '2026-11-21T12:00:00.000Z' } as const
    const ledger = { read: 7n, written: 7n, parked: 0n, dropped: 0n }
    const recorder = { state: { ...NOTHING_YET, ledger, lanes, ending: ended } } as Recorder
    const present = { format: 'text', color: false, quiet: true } as const
    await printOutcome({ plan, recorder, given: {}, io, present }, { ending: ended, journalled: true })
    return out()
  }
  const laneAt = (lane: string, mark: string): LaneSoFar => ({
    ...{ lane, from: '0', to: mark, mark, finished: true, bytes: 0n },
    ...{ read: 7n, written: 7n, parked: 0n, dropped: 0n, holes: 0n, markers: 0n, aborted: 0n },
  })

  it('tells by partition where the originals start', async () => {
    const plan = planDrain(aSurvey(), someOptions({ until: 'lanes-empty' }))
    const lanes = [laneAt('10', '7'), laneAt('2', '12345')] as const
    const text = await complete(plan, new Map(lanes.map(lane => [lane.lane, lane])))
    expect(text).toContain('ORIGINALS: may start\n')
    expect(text).toContain(
      'The originals start where group billing stands:\n  partition  offset\n  2           12345\n  10              7\n',
    )
    expect(text).not.toContain('Then work it')
  })

  it('tells of originals that need not wait for empty lanes', async () => {
    const plan = planDrain(aSurvey(), someOptions({ until: 'lanes-empty', cutOver: 'fresh-first' }))
    const text = await complete(plan, new Map([['0', laneAt('0', '7')]]))
    expect(text).toContain('\n\nThe originals start where group billing stands:\n')
    expect(text).not.toContain('The lanes are empty')
    expect(text).toContain('Then work it:')
  })

  it('tells nothing of the kind while the lanes may hold something', async () => {
    const plan = planDrain(aSurvey(), someOptions({ until: 'caught-up' }))
    const text = await complete(plan, new Map())
    expect(text).toContain('ORIGINALS: keep stopped (7 unread in lanes)\n')
    expect(text).not.toContain('The originals start')
  })
})
