import { describe, expect, it } from 'vitest'
import { planDrain } from '../../../../src/drain/plan.js'
import { createRun, openRun } from '../../../../src/journal/runs.js'
import { spillway } from '../../commands/fake-process.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'
import { temporaryFolder } from '../../journal/home.js'

const AT = '2026-11-21T12:00:00.000Z'
// Nobody listens on port 1.
const plan = planDrain(aSurvey({ source: 'kafka://127.0.0.1:1/orders?group=billing' }), someOptions())

/** A home with a run that was killed. */
async function killedRun(): Promise<string> {
  const home = temporaryFolder()
  const folder = await createRun(home, plan)
  await folder.append({ type: 'started', at: AT, host: 'h', pid: 1, resumed: false })
  await folder.close()
  return home
}

describe('a verb that fails on a run that began', () => {
  it.each([
    ['pause', [], 4, 'not-running'],
    ['set', ['rate=5k'], 4, 'not-running'],
    ['resume', [], 2, 'unreachable'],
    ['restore', [], 2, 'unreachable'],
    ['report', ['--verify'], 2, 'unreachable'],
  ])('%s prints the envelope with the error inside', async (verb, more, exit, error) => {
    const args = [verb, plan.run, ...more, '--output', 'json']
    const { code, out, err } = await spillway(args, { SPILLWAY_HOME: await killedRun() })
    expect(JSON.parse(out)).toMatchObject({ run: plan.run, state: 'stopped', reason: 'killed', error: { code: error } })
    expect(err).toContain('spillway: ')
    expect(code).toBe(exit)
  })

  it('does not offer to carry on what is over', async () => {
    const home = await killedRun()
    const folder = await openRun(home, plan.run)
    await folder.claim()
    await folder.append({ type: 'ended', at: AT, ending: { kind: 'undone' } })
    await folder.close()
    const { err } = await spillway(['pause', plan.run], { SPILLWAY_HOME: home })
    expect(err).toContain(`It is undone: see \`spillway report ${plan.run}\`.`)
  })

  it('prints the error alone where there is no run', async () => {
    const { out } = await spillway(['pause', plan.run, '--output', 'json'], { SPILLWAY_HOME: temporaryFolder() })
    expect(Object.keys(JSON.parse(out))).toEqual(['error'])
  })
})
