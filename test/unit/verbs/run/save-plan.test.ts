import { mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { planDrain } from '../../../../src/drain/plan.js'
import { savePlan } from '../../../../src/verbs/run/save-plan.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'

const plan = planDrain(aSurvey(), someOptions())
const folder = () => mkdtemp(join(tmpdir(), 'spillway-save-'))

describe('a saved plan', () => {
  it('takes the place of the one that was there', async () => {
    const at = await folder()
    await writeFile(join(at, 'plan.json'), 'old')
    await savePlan(plan, join(at, 'plan.json'))
    expect(JSON.parse(await readFile(join(at, 'plan.json'), 'utf8'))).toMatchObject({ run: plan.run })
    expect(await readdir(at)).toEqual(['plan.json'])
  })

  it('leaves nothing where it cannot be written, and names the file', async () => {
    const at = await folder()
    const saving = savePlan(plan, join(at, 'nowhere', 'plan.json'))
    await expect(saving).rejects.toMatchObject({
      exitCode: 2,
      code: 'save',
      message: expect.stringContaining('nowhere'),
    })
    expect(await readdir(at)).toEqual([])
  })

  it('is written into a device, which stays one', async () => {
    const at = await folder()
    await symlink('/dev/full', join(at, 'full'))
    await expect(savePlan(plan, join(at, 'full'))).rejects.toMatchObject({ message: expect.stringContaining('ENOSPC') })
    expect(await readdir(at)).toEqual(['full'])
  })
})
