import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunEvent } from '../../../src/core/event.js'
import { openAppendFile } from '../../../src/journal/append-file.js'
import { createRun } from '../../../src/journal/runs.js'
import { all, temporaryFolder, warned } from './home.js'

/** A file system of so many KiB where this user may mount one; undefined elsewhere. */
function smallDisk(kib: number): string | undefined {
  const folder = join(temporaryFolder(), 'disk')
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder])
  })
  return folder
}

describe('a full disk', () => {
  it('fails the append with a hint and no entry, by the kernel that never has room', async () => {
    const file = await openAppendFile('/dev/full', 0)
    await expect(file.append('line')).rejects.toMatchObject({
      ...{ code: 'journal-full', exitCode: 1, hint: expect.stringContaining('spillway resume') },
    })
    await file.close()
  })

  it('leaves whole lines only, has room for the ending, and goes on once there is more', async () => {
    const home = smallDisk(64)
    // Without the right to mount, the test above has shown the error; what is cut back needs a real small disk.
    if (home === undefined) return
    const run = await createRun(home, { run: 'r1' })
    await writeFile(join(home, 'filler'), Buffer.alloc(24 * 1024))
    const written: number[] = []
    const failure = await (async () => {
      for (let number = 0; number < 5_000; number++) {
        await run.append(warned(number))
        written.push(number)
      }
      return undefined
    })().catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'journal-full',
      exitCode: 1,
      hint: expect.stringContaining('`spillway resume r1`'),
    })
    expect((await readFile(join(run.path, 'journal.ndjson'), 'utf8')).endsWith('\n')).toBe(true)
    const ended: RunEvent = { type: 'ended', at: '2026-11-21T01:00:00Z', ending: { kind: 'stopped', by: 'full disk' } }
    await run.append(ended)
    await rm(join(home, 'filler'))
    await run.append(warned(5_000))
    expect(await all(run.events())).toEqual([...written.map(warned), ended, warned(5_000)])
    await run.close()
  })

  it('says before anything is changed that there is no room for a run', async () => {
    const home = smallDisk(16)
    if (home === undefined) return
    await writeFile(join(home, 'filler'), Buffer.alloc(64 * 1024)).catch(() => undefined)
    await expect(createRun(home, { run: 'r1' })).rejects.toMatchObject({ code: 'home-unwritable', exitCode: 2 })
  })
})
