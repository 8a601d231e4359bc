import { describe, expect, it } from 'vitest'
import { NOTHING_YET } from '../../../../src/core/fold.js'
import { planDrain } from '../../../../src/drain/plan.js'
import { whole } from '../../../../src/verbs/resume/whole.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'

const canary = planDrain(aSurvey(), someOptions({ first: 100 }))
const read = (count: bigint) => ({ ...NOTHING_YET, ledger: { ...NOTHING_YET.ledger, read: count } })

describe('whole', () => {
  it('keeps the limit of a canary that was killed before its N messages', () => {
    expect(whole(canary, read(99n)).first).toBe(100)
  })

  it('lifts it once the canary was looked at, or has had them', () => {
    const looked = { ...read(40n), ending: { kind: 'stopped' as const, by: 'canary', at: '2026-11-21T02:00:00.000Z' } }
    expect(whole(canary, looked).first).toBeUndefined()
    expect(whole(canary, read(100n)).first).toBeUndefined()
  })
})
