import { describe, expect, it } from 'vitest'
import { planDrain } from '../../../../src/drain/plan.js'
import { expiryReminder } from '../../../../src/verbs/runs/unrestored.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'

const drawn = planDrain(aSurvey(), someOptions())
const plan = { ...drawn, offsetsExpire: { at: '2026-11-28T00:00:00.000Z', retentionMinutes: 7 * 1440 } }

describe('expiryReminder', () => {
  it('is silent before 80 % of the retention, and where nothing is known', () => {
    expect(expiryReminder(plan, new Date('2026-11-26T14:00:00Z'))).toEqual([])
    const { offsetsExpire: _, ...unknown } = plan
    expect(expiryReminder(unknown, new Date('2027-01-01T00:00:00Z'))).toEqual([])
  })

  it('names group, run and time from then on', () => {
    const [line = ''] = expiryReminder(plan, new Date('2026-11-26T15:00:00Z'))
    expect(line).toContain(`the offsets of ${plan.group} (run ${plan.run}) may expire from 2026-11-28T00:00Z on`)
  })
})
