import { spawn } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import {
  aBacklog,
  drain,
  exactlyOnce,
  journalOf,
  runOf,
  type Scene,
  startDrain,
  told,
  underWay,
} from './fault-harness.js'
import { type Finished, spawnSpillway, spillway } from './kafka-lab.js'

const BIN = fileURLToPath(new URL('../../bin/spillway.js', import.meta.url))
const GO = '--execute --consumers-stopped --yes --rate 1500'
const broker = inject('kafka41')

const resumed = async (scene: Scene, run: string): Promise<Finished> => {
  const finished = await spillway(['resume', run, '--rate', '1M', '--output', 'json'], { home: scene.home })
  expect(finished.code, finished.stdout + finished.stderr).toBe(0)
  const { balanced, ledger } = told(finished)
  expect({ balanced, read: ledger.read }).toEqual({ balanced: true, read: String(scene.records) })
  await exactlyOnce(scene, run)
  return finished
}

/** No socket of a run that has ended, and a lock that nobody holds. */
async function nothingLeft(scene: Scene, run: string): Promise<void> {
  const files = await readdir(join(scene.home, 'runs', run))
  expect(files.filter(name => name.endsWith('.sock'))).toEqual([])
  for (const lock of files.filter(name => name.startsWith('lock.')))
    expect((await stat(join(scene.home, 'runs', run, lock))).size).toBe(0)
}

describe('a drain that is stopped', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 130],
  ] as const)('by %s settles what is in hand, exits %i and can be resumed', async (signal, code) => {
    const scene = await aBacklog(broker, { records: 9000 })
    const running = startDrain(scene, ['--rate', '1500'])
    const run = await runOf(scene.home)
    await underWay(scene)
    const began = Date.now()
    running.child.kill(signal)
    const finished = await running.finished
    expect(Date.now() - began).toBeLessThan(5000)
    expect(finished.code, finished.stdout).toBe(code)
    const { state, balanced, duplicatesAtMost } = told(finished)
    expect({ state, balanced, duplicatesAtMost }).toEqual({ state: 'stopped', balanced: true, duplicatesAtMost: '0' })
    await nothingLeft(scene, run)
    await resumed(scene, run)
  })

  it('by a second Ctrl-C abandons what is in hand at once, and can be resumed', async () => {
    const scene = await aBacklog(broker, { records: 9000 })
    const running = startDrain(scene, ['--rate', '1500'])
    const run = await runOf(scene.home)
    await underWay(scene)
    running.child.kill('SIGINT')
    running.child.kill('SIGINT')
    const finished = await running.finished
    expect(finished.code, finished.stdout).toBe(130)
    await nothingLeft(scene, run)
    await resumed(scene, run)
  })
})

describe('a drain whose reader goes away', () => {
  it('completes when standard output is closed', async () => {
    const scene = await aBacklog(broker, { records: 6000 })
    const script = `node ${BIN} drain '${scene.source}' ${GO} 2>/dev/null | head -c 1 >/dev/null; exit \${PIPESTATUS[0]}`
    const child = spawn('bash', ['-c', script], {
      env: { ...process.env, SPILLWAY_HOME: scene.home },
      stdio: 'ignore',
    })
    const code = await new Promise(resolve => child.once('close', resolve))
    expect(code).toBe(0)
    await exactlyOnce(scene, await runOf(scene.home))
  })

  it('stops resumably when its terminal is closed', async () => {
    const scene = await aBacklog(broker, { records: 9000 })
    // script(1) gives it a terminal; killing script closes that terminal. The shell passes the signal on, and lives to tell the exit code.
    const code = join(scene.home, 'code')
    const drained = `node ${BIN} drain '${scene.source}' ${GO}`
    const command = `${drained} & trap "kill -HUP $!" HUP; wait $!; wait $!; echo $? > ${code}`
    const child = spawn('script', ['-qfec', command, '/dev/null'], {
      env: { ...process.env, SPILLWAY_HOME: scene.home },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const run = await runOf(scene.home)
    await underWay(scene)
    child.kill('SIGKILL')
    await expect
      .poll(async () => (await journalOf(scene)).at(-1)?.type, { timeout: 60_000, interval: 100 })
      .toBe('ended')
    await expect
      .poll(
        () =>
          nothingLeft(scene, run).then(
            () => true,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true)
    const exited = () => readFile(code, 'utf8').catch(() => '')
    await expect.poll(exited, { timeout: 60_000 }).toBe('130\n')
    await resumed(scene, run)
  })
})

describe('a resume right after a kill', () => {
  it('copies no committed batch twice, ten times over', async () => {
    const scene = await aBacklog(broker, { records: 60_000 })
    const first = startDrain(scene, ['--rate', '20k'])
    const run = await runOf(scene.home)
    await underWay(scene)
    first.child.kill('SIGKILL')
    await first.finished
    for (let kill = 1; kill <= 10; kill++) {
      const settled = (await journalOf(scene)).filter(event => event.type === 'settled').length
      const again = spawnSpillway(['resume', run, '--output', 'json'], { home: scene.home })
      const more = async () => (await journalOf(scene)).filter(event => event.type === 'settled').length - settled
      await expect
        .poll(async () => again.child.exitCode !== null || (await more()) > kill % 3, { timeout: 30_000, interval: 10 })
        .toBe(true)
      again.child.kill('SIGKILL')
      await again.finished
    }
    await resumed(scene, run)
  })
})

describe('a drain that is complete', () => {
  it('answers resume with what it answered then', async () => {
    const scene = await aBacklog(broker, { records: 1000 })
    const finished = await drain(scene)
    expect(finished.code).toBe(0)
    const again = await spillway(['resume', told(finished).run, '--output', 'json'], { home: scene.home })
    expect({ code: again.code, state: told(again).state }).toEqual({ code: 0, state: 'complete' })
  })
})
