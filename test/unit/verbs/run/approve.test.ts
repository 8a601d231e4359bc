import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { planDrain } from '../../../../src/drain/plan.js'
import type { DrainRefusal } from '../../../../src/drain/refusals.js'
import { EXIT } from '../../../../src/errors.js'
import type { Io } from '../../../../src/io.js'
import { approve } from '../../../../src/verbs/run/approve.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'

const plan = planDrain(aSurvey(), someOptions())
const refusal = (code: string, mayClear: boolean): DrainRefusal => ({
  code,
  message: `${code} is so`,
  hint: 'h',
  mayClear,
})
const io = (): Io => ({
  out: new PassThrough(),
  err: new PassThrough(),
  env: {},
  in: new PassThrough(),
  interactive: false,
  now: () => new Date(),
  soft: new AbortController().signal,
  hard: new AbortController().signal,
  exitCode: EXIT.complete,
})

/** Approves with these refusals at first and `later` ones when asked again; tells how often that was. */
async function approved(first: DrainRefusal[], later: DrainRefusal[], waitMs: number) {
  let asked = 0
  const again = async () => {
    asked++
    return { plan, refusals: later }
  }
  const parts = {
    request: { yes: true, waitMs },
    io: io(),
    present: { format: 'text', color: false, quiet: true } as const,
    again,
  }
  const done = await approve({ plan, refusals: first }, parts).catch((error: unknown) => error)
  return { done, asked }
}

describe('approve', () => {
  it('waits for what may clear', async () => {
    const { done, asked } = await approved([refusal('group-live', true)], [], 5000)
    expect(done).toBe(plan)
    expect(asked).toBe(1)
  })

  it('does not wait where one refusal cannot clear, and keeps its code', async () => {
    const { done, asked } = await approved([refusal('group-live', true), refusal('claimed', false)], [], 60_000)
    expect(done).toMatchObject({ code: 'group-live', exitCode: 4, details: [{}, {}] })
    expect(asked).toBe(0)
  })

  it('refuses once the time is over', async () => {
    const live = [refusal('group-live', true)]
    const { done, asked } = await approved(live, live, 50)
    expect(done).toMatchObject({ code: 'group-live' })
    expect(asked).toBe(1)
  })
})
