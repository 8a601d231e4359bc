import { expect, it } from 'vitest'
import { planDrain } from '../../../../src/drain/plan.js'
import { atRate } from '../../../../src/verbs/resume/at-rate.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'

const paced = planDrain(aSurvey(), someOptions({ rate: { messages: 100 } }))

it('a plan keeps its rate where none was set', () => {
  expect(atRate(paced, undefined)).toBe(paced)
})

it('a plan gets the rate that was set last, which may be none', () => {
  expect(atRate(paced, { bytes: 5 }).rate).toEqual({ bytes: 5 })
  expect(atRate(paced, 'unlimited').rate).toBeUndefined()
})
