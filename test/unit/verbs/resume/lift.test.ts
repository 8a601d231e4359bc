import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveControl } from '../../../../src/control/server.js'
import { NOTHING_YET } from '../../../../src/core/fold.js'
import { toEnvelope } from '../../../../src/core/to-envelope.js'
import { planDrain } from '../../../../src/drain/plan.js'
import { createRun } from '../../../../src/journal/runs.js'
import { spillway } from '../../commands/fake-process.js'
import { aSurvey, NOON, someOptions } from '../../drain/a-survey.js'
import { temporaryFolder } from '../../journal/home.js'

const plan = planDrain(aSurvey(), someOptions())

describe('resume of a live run', () => {
  it('gives it the rate of --rate before it goes on', async () => {
    const home = temporaryFolder()
    await (await createRun(home, plan)).close()
    const wishes: unknown[] = []
    const server = await serveControl(join(home, 'runs', plan.run), {
      status: () => toEnvelope(plan, NOTHING_YET, { alive: true, now: NOON, originals: 'may start' }),
      pause: () => undefined,
      resume: (_by, ignore) => wishes.push(['resume', ignore]),
      rate: rate => wishes.push(rate),
      abort: () => undefined,
    })
    onTestFinished(() => server[Symbol.asyncDispose]())
    const { code, err } = await spillway(['resume', plan.run, '--rate', '5k'], { SPILLWAY_HOME: home })
    expect(code, err).toBe(0)
    expect(wishes).toEqual([{ messages: 5000 }, ['resume', undefined]])
  })
})
