import { describe, expect, it } from 'vitest'
import { planDrain } from '../../../src/drain/plan.js'
import { createRun } from '../../../src/journal/runs.js'
import { spillway } from '../commands/fake-process.js'
import { aSurvey, someOptions } from '../drain/a-survey.js'
import { temporaryFolder } from '../journal/home.js'

const plan = planDrain(aSurvey(), someOptions())

describe('restore --rate', () => {
  it('is refused for an undo of Kafka, which moves no messages', async () => {
    const home = temporaryFolder()
    await (await createRun(home, plan)).close()
    const { code, err } = await spillway(['restore', plan.run, '--undo', '--rate', '5k'], { SPILLWAY_HOME: home })
    expect(code).toBe(2)
    expect(err).toContain('moves no messages')
  })

  it('belongs to --undo', async () => {
    const { code, err } = await spillway(['restore', plan.run, '--rate', '5k'], { SPILLWAY_HOME: temporaryFolder() })
    expect(code).toBe(2)
    expect(err).toContain('belongs to --undo')
  })
})
