import { describe, expect, it } from 'vitest'
import { NOTHING_YET } from '../../../../src/core/fold.js'
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
