import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Holder, holderOf, processStart } from '../../../src/journal/holder.js'
import { lockHolder, releaseLock, takeLock } from '../../../src/journal/lock.js'
import { temporaryFolder } from './home.js'

const NOW = new Date('2026-11-21T01:00:00Z')
const options = { run: 'r1', now: NOW }

async function otherProcess(): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child as ChildProcess & { pid: number }
}

async function lockedBy(holder: Holder | string, generation = 1): Promise<string> {
  const folder = temporaryFolder()
  const text = typeof holder === 'string' ? holder : JSON.stringify(holder)
  await writeFile(join(folder, `lock.${generation}`), text)
  return folder
}

describe('takeLock', () => {
  it('takes a free run once, until it is released', async () => {
    const folder = temporaryFolder()
    const lock = await takeLock(folder, options)
    await expect(takeLock(folder, options)).rejects.toMatchObject({ code: 'taken', exitCode: 4 })
    expect(await lockHolder(folder)).toMatchObject({ standing: 'alive', holder: { pid: process.pid } })
    await releaseLock(folder, lock)
    expect(await lockHolder(folder)).toBeUndefined()
    expect((await takeLock(folder, options)).file).toBe('lock.2')
  })

  it('names pid and host of a live holder', async () => {
    const { pid } = await otherProcess()
    const folder = await lockedBy(await holderOf(pid, NOW))
    await expect(takeLock(folder, options)).rejects.toThrow(`taken by process ${pid} on ${hostname()}`)
    await expect(takeLock(folder, { ...options, takeOver: true })).rejects.toMatchObject({ code: 'taken' })
  })

  it('takes over from a killed holder on this host at once', async () => {
    const child = await otherProcess()
    const folder = await lockedBy(await holderOf(child.pid, NOW), 3)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await lockHolder(folder))?.standing).toBe('dead')
    expect((await takeLock(folder, options)).file).toBe('lock.4')
    expect(await readdir(folder)).toEqual(['lock.4'])
  })

  it('is not deceived by a later process with the same pid', async () => {
    const { pid } = await otherProcess()
    const start = await processStart(pid)
    expect(start).toMatch(/^[0-9a-f-]{36}\/\d+$/)
    const earlier = { ...(await holderOf(pid, NOW)), start: `${start?.split('/')[0]}/1` }
    await takeLock(await lockedBy(earlier), options)
    const beforeBoot = { ...(await holderOf(pid, NOW)), start: `another-boot/${start?.split('/')[1]}` }
    await takeLock(await lockedBy(beforeBoot), options)
  })

  it('takes over from another host only when told to', async () => {
    const elsewhere = { host: 'not-here', pid: process.pid, start: '', at: NOW.toISOString() }
    const folder = await lockedBy(elsewhere)
    await expect(takeLock(folder, options)).rejects.toMatchObject({
      ...{ code: 'taken', hint: expect.stringContaining('--take-over') },
    })
    await takeLock(folder, { ...options, takeOver: true })
    expect((await lockHolder(folder))?.holder.host).toBe(hostname())
  })

  it('lets one of many through that take over at once', async () => {
    for (let round = 0; round < 10; round++) {
      const dead = { host: hostname(), pid: 2 ** 22 + 1, start: 'boot/1', at: NOW.toISOString() }
      const folder = await lockedBy(dead)
      const tries = await Promise.allSettled(Array.from({ length: 12 }, () => takeLock(folder, options)))
      expect(tries.filter(result => result.status === 'fulfilled')).toHaveLength(1)
      expect(await readdir(folder)).toEqual(['lock.2'])
    }
  })

  it('takes a lock that a crash left half written', async () => {
    await takeLock(await lockedBy('{"host":"h'), options)
  })
})
