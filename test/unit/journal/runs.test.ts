import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRun, listRuns, openRun } from '../../../src/journal/runs.js'
import { temporaryFolder, warned } from './home.js'

const plan = { run: 'r1', messages: 12n }

describe('createRun', () => {
  it('makes the folder whole, private, claimed, with the plan and what else belongs to it', async () => {
    const home = join(temporaryFolder(), 'not', 'there', 'yet')
    await using run = await createRun(home, plan, { 'offsets.json': '{}' })
    expect(run.path).toBe(join(home, 'runs', 'r1'))
    expect(await run.plan()).toEqual({ run: 'r1', messages: '12' })
    expect(await readFile(join(run.path, 'offsets.json'), 'utf8')).toBe('{}')
    expect((await stat(run.path)).mode & 0o777).toBe(0o700)
    expect((await stat(join(run.path, 'plan.json'))).mode & 0o777).toBe(0o600)
    expect(await readdir(join(home, 'runs'))).toEqual(['r1'])
    expect((await run.holder())?.holder.pid).toBe(process.pid)
  })

  it('refuses a run that is there already', async () => {
    const home = temporaryFolder()
    await (await createRun(home, plan)).close()
    await expect(createRun(home, plan)).rejects.toMatchObject({ code: 'run-exists', exitCode: 4 })
  })

  it('lets one of several through that start at about the same time, and refuses the others with 4', async () => {
    for (let round = 0; round < 30; round++) {
      const home = temporaryFolder()
      const late = async (i: number) => {
        for (let turns = (i * round) % 40; turns > 0; turns--) await new Promise(resolve => setImmediate(resolve))
        return createRun(home, plan)
      }
      const tries = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => late(i)))
      const made = tries.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
      expect(made).toHaveLength(1)
      for (const result of tries) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ exitCode: 4 })
      }
      await made[0]?.append(warned(1))
      await made[0]?.close()
    }
  })

  it('replaces what a killed maker of the same run left as a draft', async () => {
    const home = temporaryFolder()
    await mkdir(join(home, 'runs', '.r1'), { recursive: true })
    await writeFile(join(home, 'runs', '.r1', 'plan.json'), '{"ru')
    await using run = await createRun(home, plan)
    expect(await run.plan()).toMatchObject({ run: 'r1' })
    expect(await listRuns(home)).toEqual(['r1'])
  })

  it('says why nothing was changed where the home cannot be written', async () => {
    const file = join(temporaryFolder(), 'file')
    await writeFile(file, '')
    await expect(createRun(file, plan)).rejects.toMatchObject({ code: 'home-unwritable', exitCode: 2 })
    await expect(createRun('/proc/spillway', plan)).rejects.toMatchObject({ code: 'home-unwritable', exitCode: 2 })
  })

  it('refuses an id that would leave the home', async () => {
    await expect(createRun(temporaryFolder(), { run: '../x' })).rejects.toMatchObject({ exitCode: 2 })
  })
})

describe('openRun and listRuns', () => {
  it('names the folder in which there is no such run', async () => {
    const home = temporaryFolder()
    await expect(openRun(home, 'r9')).rejects.toThrow(`There is no run r9 in ${join(home, 'runs')}`)
    await expect(openRun(home, '../r9')).rejects.toMatchObject({ code: 'no-such-run' })
    expect(await listRuns(home)).toEqual([])
  })

  it('lists runs oldest first, without drafts and files', async () => {
    const home = temporaryFolder()
    for (const run of ['20261121-0152-b', '20261001-0000-a']) await (await createRun(home, { run })).close()
    await mkdir(join(home, 'runs', '.draft'))
    await writeFile(join(home, 'runs', 'note'), '')
    expect(await listRuns(home)).toEqual(['20261001-0000-a', '20261121-0152-b'])
  })
})
