import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunEvent } from '../../../../src/core/event.js'
import { planDrain } from '../../../../src/drain/plan.js'
import { HoldError, Refusal, Stopped } from '../../../../src/errors.js'
import { createRun } from '../../../../src/journal/runs.js'
import { execute } from '../../../../src/verbs/run/execute.js'
import type { Ends } from '../../../../src/verbs/system.js'
import { fakeIo } from '../../commands/fake-io.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'
import { temporaryFolder } from '../../journal/home.js'

const plan = planDrain(aSurvey(), someOptions())
const present = { format: 'json', color: false, quiet: true } as const
const claimed = new Refusal('Group billing is claimed', { code: 'claimed' })
const opened: RunEvent = { type: 'opened', at: plan.plannedAt, lane: '0', from: '500', to: '1500' }

/** A run that is refused by its claim after these events; gives what is left in the home. */
async function lost(
  events: readonly RunEvent[],
  mode: 'fresh' | 'resume' = 'fresh',
  reason: Error = claimed,
  stop = new AbortController(),
) {
  const home = temporaryFolder()
  const folder = await createRun(home, plan)
  async function* work(): AsyncGenerator<RunEvent> {
    yield* events
    throw reason
  }
  const io = { ...fakeIo().io, soft: stop.signal }
  const ends = { events: work } as unknown as Ends
  const failure = await execute({ plan, folder, ends, mode, given: {}, io, present }).catch((error: unknown) => error)
  return { failure, exitCode: io.exitCode, runs: readdirSync(join(home, 'runs')) }
}

it('leaves no run of one that lost the race for its source before it had done anything', async () => {
  expect(await lost([])).toEqual({ failure: claimed, exitCode: 0, runs: [] })
  const live = await lost([], 'fresh', new HoldError('member app-1', 'operator'))
  expect(live).toMatchObject({ failure: { code: 'group-live' }, runs: [] })
})

it('keeps the run of one that was fenced on the way, or that is a resume', async () => {
  for (const kept of [await lost([opened]), await lost([], 'resume')])
    expect(kept).toEqual({ failure: undefined, exitCode: 4, runs: [plan.run] })
})

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'ends stopped by %s where all lanes are finished and something else was waited for',
  async (signal, code) => {
    const finished = plan.lanes.map(
      ({ lane, to }): RunEvent => ({ type: 'finished', at: plan.plannedAt, lane, mark: to }),
    )
    const stop = new AbortController()
    stop.abort(new Stopped(signal))
    expect(await lost([opened, ...finished], 'fresh', stop.signal.reason as Error, stop)).toMatchObject({
      failure: undefined,
      exitCode: code,
      runs: [plan.run],
    })
  },
)
