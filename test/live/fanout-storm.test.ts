import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import {
  aHandler,
  drained,
  expectInOrder,
  expectOnceInOrder,
  fanout,
  onRun,
  startFanout,
  type Where,
} from './fanout-scene.js'
import { aWorker, expectNothingLost, measured, moreCalls, storm, sumOf, toldByStopped } from './fanout-storm-harness.js'
import { aBacklog, runsOf, told } from './fault-harness.js'

const broker = inject('kafka41')
const GO = ['--execute', '--yes']
const LITTLE = 'await new Promise(resolve => setTimeout(resolve, Math.random() * 8))'

async function lanes(records: number, keys = 60) {
  const scene = await aBacklog(broker, { records, name: 'storm', keys })
  return { scene, run: await drained(scene) }
}
/** What a fan-out of a home that did not end tells. */
const statusOf = async ({ home }: Where, run: string) => told(await onRun({ home }, 'status', run))

describe('a fan-out', () => {
  it('keeps the order of keys under 16 workers, each message once', async () => {
    const { scene, run } = await lanes(4000)
    const worker = await aWorker(LITTLE)
    const done = await fanout(scene, [run, '--worker', worker.file, '--workers', '16', ...GO])
    expectOnceInOrder(await worker.calls(), 4000)
    expect(done).toMatchObject({
      verb: 'fanout',
      state: 'complete',
      ledger: { read: '4000', written: '4000', parked: '0', dropped: '0' },
      balanced: true,
      duplicatesAtMost: '0',
      held: [],
      originals: 'may start',
    })
  })

  it('loses nothing and doubles nothing where processes start and stop 30 times, keys in order', async () => {
    const records = 12_000
    const { scene, run } = await lanes(records)
    const handler = await aHandler(LITTLE)
    const args = [run, '--module', handler.file, '--concurrency', '32', ...GO]
    const start = () => startFanout(scene, [...args, '--rate', '60'])
    const stopped = toldByStopped(await storm({ starts: 30, handler, start }))
    const last = await fanout(scene, args)
    const all = [...stopped, last]
    const calls = await handler.calls()
    const atMost = sumOf(all, ({ duplicatesAtMost }) => duplicatesAtMost)
    const twice = expectNothingLost(calls, records, atMost)
    measured(`kafka: ${all.length} runs, ${last.ledger.read} left to the last, ${twice} twice of at most ${atMost}`)
    expectInOrder(calls)
    expect(sumOf(all, ({ ledger }) => ledger.read)).toBe(records)
    expect(atMost).toBe(0)
    expect(last).toMatchObject({ state: 'complete', balanced: true, originals: 'may start' })
  })

  it('loses nothing where two processes are killed, and says how much may have been seen twice', async () => {
    const records = 3000
    const { scene, run } = await lanes(records)
    const handler = await aHandler(LITTLE)
    const args = [run, '--module', handler.file, '--max-ahead', '100', '--rate', '300', ...GO]
    const first = startFanout(scene, args)
    await moreCalls(handler, 300)
    const second = startFanout(scene, args)
    await expect.poll(async () => (await runsOf(scene.home)).length, { timeout: 60_000 }).toBe(3)
    await moreCalls(handler, 400)
    first.child.kill('SIGKILL')
    await moreCalls(handler, 100)
    second.child.kill('SIGKILL')
    await Promise.all([first.finished, second.finished])
    const [killed = '', other = ''] = (await runsOf(scene.home)).filter(id => id !== run)
    const resumed = await onRun(scene, 'resume', killed)
    expect(resumed.code, resumed.stderr + resumed.stdout).toBe(0)
    const all = [told(resumed), await statusOf(scene, other)]
    const atMost = sumOf(all, ({ duplicatesAtMost }) => duplicatesAtMost)
    const calls = await handler.calls()
    const twice = expectNothingLost(calls, records, atMost)
    measured(`kafka: two killed, ${twice} twice of at most ${atMost}`)
    expectInOrder(calls)
    expect(told(resumed)).toMatchObject({ state: 'complete', balanced: true, originals: 'may start' })
  })

  it('parks the message that kills its worker twice, and nothing else', async () => {
    const records = 3000
    const { scene, run } = await lanes(records)
    const worker = await aWorker(`if (number === 777) process.exit(9)\n${LITTLE}`)
    const args = [run, '--worker', worker.file, '--workers', '4', ...GO]
    const done = await fanout(scene, args, 3)
    const parked = (await readFile(join(scene.home, 'runs', done.run, 'parked.ndjson'), 'utf8')).trim().split('\n')
    const numbers = parked.map(line => Number(Buffer.from(JSON.parse(line).value, 'base64').toString().slice(0, 12)))
    measured(`kafka: worker killed by a message: ${numbers.length} parked`)
    expect(numbers).toEqual([777])
    expect(done).toMatchObject({ state: 'complete', balanced: true, ledger: { parked: '1', read: `${records}` } })
    const calls = await worker.calls()
    expect(new Set(calls.map(({ number }) => number)).size).toBe(records - 1)
    expectInOrder(calls)
  })
})
