import { execFile } from 'node:child_process'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { aBacklog, exactlyOnce, picture, runOf, startDrain, told, underWay } from './fault-harness.js'
import { spillway } from './kafka-lab.js'

const run = promisify(execFile)
const mounted: string[] = []
afterEach(async () => {
  for (const path of mounted.splice(0)) await run('umount', ['-l', path])
})

/** A file system of `size` of its own. Needs root, as the lab in CI has it. */
async function tmpfs(home: string, options: string): Promise<string> {
  const path = join(home, 'small')
  await mkdir(path, { recursive: true })
  await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path])
  mounted.push(path)
  return path
}

describe('a home that is full', () => {
  it('stops the run with a clear error; with room made it carries on, exactly once', async () => {
    const scene = await aBacklog(inject('kafka41'), { records: 12_000 })
    const home = await tmpfs(scene.home, 'size=1m')
    const small = { ...scene, home }
    const running = startDrain(small, ['--rate', '1500'])
    const id = await runOf(home)
    await underWay(small)
    const ballast = join(home, 'ballast')
    await run('bash', ['-c', `head -c 2m /dev/zero > ${ballast} || true`])
    const finished = await running.finished
    expect(finished.code, finished.stdout + finished.stderr).toBe(1)
    const { state, error, ledger } = told(finished)
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'journal-full' })
    expect(error?.hint).not.toBe('')
    expect(BigInt(ledger.read)).toBeGreaterThan(0n)
    await rm(ballast)
    const again = await spillway(['resume', id, '--output', 'json'], { home })
    expect(again.code, again.stdout + again.stderr).toBe(0)
    expect(told(again)).toMatchObject({ balanced: true, ledger: { read: String(scene.records) } })
    await exactlyOnce(scene, id)
  })
})

describe('a home that cannot be written', () => {
  it('refuses before anything has changed', async () => {
    const scene = await aBacklog(inject('kafka41'), { records: 100 })
    const home = await tmpfs(scene.home, 'size=1m')
    await run('mount', ['-o', 'remount,ro', home])
    const before = await picture(scene)
    const finished = await startDrain({ ...scene, home }).finished
    expect({ code: finished.code, error: told(finished).error?.code }).toEqual({ code: 2, error: 'home-unwritable' })
    expect(await picture(scene)).toEqual(before)
  })

  it('is a file: refused as well', async () => {
    const scene = await aBacklog(inject('kafka41'), { records: 100 })
    const home = join(scene.home, 'file')
    await writeFile(home, '')
    await chmod(home, 0o400)
    const before = await picture(scene)
    const finished = await startDrain({ ...scene, home }).finished
    expect(finished.code).toBe(2)
    expect(told(finished).error?.message).toContain(home)
    expect(await picture(scene)).toEqual(before)
  })
})
