import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { withLock } from '../../../src/lab/lock.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('lets one at a time in, also after one threw', async () => {
  const path = join(folder, 'deep', 'a.lock')
  let inside = 0
  const work = async () => {
    inside += 1
    expect(inside).toBe(1)
    await new Promise(resolve => setImmediate(resolve))
    inside -= 1
  }
  const failing = withLock(path, () => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  await Promise.all([withLock(path, work), withLock(path, work), withLock(path, work)])
})

it('takes over from a holder that died', async () => {
  const path = join(folder, 'a.lock')
  await writeFile(path, JSON.stringify({ pid: process.pid, started: 'before the last restart' }))
  expect(await withLock(path, async () => 'in')).toBe('in')
})
