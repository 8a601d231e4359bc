import { describe, expect, it } from 'vitest'
import { planDrain } from '../../../../src/drain/plan.js'
import { planQueueDrain } from '../../../../src/drain/queue/plan.js'
import { printPlan } from '../../../../src/verbs/run/print-plan.js'
import { fakeIo } from '../../commands/fake-io.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'
import { aQueueSurvey, someQueueOptions } from '../../drain/queue/a-queue-survey.js'

const printed = (plan: Parameters<typeof printPlan>[0], format: 'text' | 'json'): string => {
  const { io, out } = fakeIo()
  printPlan(plan, { io, present: { format, color: false, quiet: true }, command: 'spillway apply p.json' })
  return out()
}

describe('printPlan', () => {
  it.each([
    ['a topic', planDrain(aSurvey(), someOptions()), '3000'],
    ['a canary', planDrain(aSurvey(), someOptions({ first: 5 })), '5'],
    ['fresh first', planDrain(aSurvey(), someOptions({ cutOver: 'fresh-first' })), '3000'],
    ['a queue', planQueueDrain(aQueueSurvey(), someQueueOptions()), '100000'],
  ])('says of the originals the same in JSON as in text, for %s', (_, plan, unread) => {
    const originals = `keep stopped (${unread} unread in lanes)`
    expect(JSON.parse(printed(plan, 'json'))).toMatchObject({ state: 'planned', originals })
    expect(printed(plan, 'text')).toContain(`\nORIGINALS: ${originals}\n`)
  })
})
