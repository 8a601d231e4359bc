import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { aHandler, drained, expectInOrder, expectOnceInOrder, fanout, onRun, startFanout } from './fanout-scene.js'
import { aBacklog, told } from './fault-harness.js'
import { spillway } from './kafka-lab.js'

const RECORDS = 6000
const GO = ['--execute', '--yes', '--consumers-stopped']

/** The runs of a home by their verb. */
const runs = async (home: string) => (await readdir(join(home, 'runs'))).length

describe.each(['kafka41', 'kafka39'] as const)('fanout on %s', key => {
  const broker = inject(key)

  it('works the lanes of a drain, each message once, keys in order; then the layout goes back', async () => {
    const scene = await aBacklog(broker, { records: RECORDS, name: 'fanout', keys: 100 })
    const run = await drained(scene)
    const handler = await aHandler('await new Promise(resolve => setTimeout(resolve, Math.random() * 4))')
    const done = await fanout(scene, [run, '--module', handler.file, '--concurrency', '64', ...GO])
    expectOnceInOrder(await handler.calls(), RECORDS)
    expect(done).toMatchObject({
      verb: 'fanout',
      state: 'complete',
      ledger: { read: `${RECORDS}`, written: `${RECORDS}`, parked: '0', dropped: '0' },
      balanced: true,
      duplicatesAtMost: '0',
      originals: 'may start',
      target: `module:${handler.file}`,
    })
    expect(done.lanes).toHaveLength(12)
    const report = await onRun(scene, 'report', run)
    expect(told(report)).toMatchObject({ originals: 'may start' })
    expect((await onRun(scene, 'restore', run, '--execute', '--yes')).code).toBe(0)
    const gone = await onRun(scene, 'fanout', run, '--exec', 'true')
    expect({ code: gone.code, error: told(gone).error?.code }).toEqual({ code: 4, error: 'restored' })
  })

  it('works a range of the source itself, and leaves the group at its end', async () => {
    const scene = await aBacklog(broker, { records: RECORDS, name: 'fanout', keys: 100 })
    const handler = await aHandler()
    const planned = await fanout(scene, [scene.source, '--module', handler.file])
    expect(planned).toMatchObject({
      state: 'planned',
      ledger: { read: '0' },
      originals: `keep stopped (${RECORDS} unread in lanes)`,
    })
    expect(await handler.calls()).toEqual([])
    const done = await fanout(scene, [scene.source, '--module', handler.file, ...GO])
    expectOnceInOrder(await handler.calls(), RECORDS)
    expect(done).toMatchObject({ state: 'complete', balanced: true, originals: 'may start', duplicatesAtMost: '0' })
    const again = await fanout(scene, [scene.source, '--module', handler.file, ...GO])
    expect(again).toMatchObject({ state: 'complete', ledger: { read: '0' } })
  })
})

describe('fanout', () => {
  const broker = inject('kafka41')
  const lanes = async () => {
    const scene = await aBacklog(broker, { records: RECORDS, name: 'fanout', keys: 100 })
    return { scene, run: await drained(scene) }
  }
  const SLOW = 'await new Promise(resolve => setTimeout(resolve, 5))'

  it('changes nothing without --execute, and leaves no run', async () => {
    const { scene, run } = await lanes()
    const handler = await aHandler()
    const text = await spillway(['fanout', run, '--module', handler.file], { home: scene.home })
    expect(text).toMatchObject({ code: 0, stdout: expect.stringContaining('--execute\n') })
    expect(await runs(scene.home)).toBe(1)
    expect(await handler.calls()).toEqual([])
  })

  it('says with 2 that a handler cannot run, before a run begins', async () => {
    const { scene, run } = await lanes()
    for (const flags of [
      ['--module', './nowhere.mjs'],
      ['--worker', 'exit 9'],
      ['--to', `${broker.url}/nowhere`],
    ]) {
      const ended = await onRun(scene, 'fanout', run, ...flags, ...GO)
      expect(ended.code, `${flags}: ${ended.stdout}`).toBe(2)
    }
    expect(await runs(scene.home)).toBe(1)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('settles what is in hand at %s, and goes on where it stood', async (signal, code) => {
    const { scene, run } = await lanes()
    const handler = await aHandler(SLOW)
    const running = startFanout(scene, [run, '--module', handler.file, '--rate', '1000', ...GO])
    await expect.poll(async () => (await handler.calls()).length, { timeout: 30_000 }).toBeGreaterThan(500)
    running.child.kill(signal)
    const stopped = await running.finished
    expect(stopped.code, stopped.stderr + stopped.stdout).toBe(code)
    expect(told(stopped)).toMatchObject({ state: 'stopped', reason: signal, balanced: true })
    const done = await onRun(scene, 'resume', told(stopped).run)
    expect(told(done)).toMatchObject({ state: 'complete', balanced: true, duplicatesAtMost: '0' })
    expectOnceInOrder(await handler.calls(), RECORDS)
  })

  it.each(['lanes', 'source'])(
    'loses nothing of %s at SIGKILL, and says how much may have been seen twice',
    async what => {
      const scene = await aBacklog(broker, { records: RECORDS, name: 'fanout', keys: 100 })
      const subject = what === 'lanes' ? await drained(scene) : scene.source
      const handler = await aHandler(SLOW)
      const running = startFanout(scene, [subject, '--module', handler.file, '--max-ahead', '100', ...GO])
      await expect.poll(async () => (await handler.calls()).length, { timeout: 30_000 }).toBeGreaterThan(500)
      running.child.kill('SIGKILL')
      await running.finished
      const ids = (await readdir(join(scene.home, 'runs'))).filter(id => id !== subject)
      const done = await onRun(scene, 'resume', ids[0] ?? '')
      expect(done.code, done.stderr + done.stdout).toBe(0)
      // The counts travel with the commits: what was settled and not journalled is in the sheet all the same.
      const ledger = { read: `${RECORDS}`, written: `${RECORDS}`, parked: '0', dropped: '0' }
      expect(told(done)).toMatchObject({ state: 'complete', balanced: true, ledger })
      const calls = await handler.calls()
      expect(new Set(calls.map(({ id }) => id)).size).toBe(RECORDS)
      expect(calls.length - RECORDS).toBeLessThanOrEqual(Number(told(done).duplicatesAtMost))
      expectInOrder(calls)
    },
  )

  it('parks what fails and exits 3; the drain is named where its fan-out is given for it', async () => {
    const { scene, run } = await lanes()
    const handler = await aHandler("if (message.id.endsWith('77')) throw new Error('bad number')")
    const done = await fanout(scene, [run, '--module', handler.file, '--retries', '0', ...GO], 3)
    const parked = Number(done.ledger.parked)
    expect(parked).toBeGreaterThan(10)
    expect(Number(done.ledger.written) + parked).toBe(RECORDS)
    const restore = await onRun(scene, 'restore', done.run)
    expect(restore).toMatchObject({ code: 2, stderr: expect.stringContaining(run) })
    expect((await onRun(scene, 'report', done.run, '--verify')).code).toBe(2)
    expect((await onRun(scene, 'resume', done.run)).code).toBe(3)
    const listed = JSON.parse((await onRun(scene, 'runs')).stdout) as { verb: string; state: string }[]
    expect(listed.map(({ verb, state }) => [verb, state])).toEqual(
      expect.arrayContaining([
        ['drain', 'complete'],
        ['fanout', 'complete'],
      ]),
    )
  })

  it('passes messages on to another topic', async () => {
    const { scene, run } = await lanes()
    const other = await aBacklog(broker, { records: 1, name: 'fanout' })
    const done = await fanout(scene, [run, '--to', `${broker.url}/${other.topic}`, ...GO])
    expect(done).toMatchObject({ state: 'complete', ledger: { read: `${RECORDS}`, written: `${RECORDS}` } })
    const loop = await onRun(scene, 'fanout', other.source, '--to', `${broker.url}/${other.topic}`, ...GO)
    expect(loop.code).toBe(2)
  })
})
