import { describe, expect, inject, it } from 'vitest'
import {
  aBacklog,
  CONSUME,
  endsOf,
  exactlyOnce,
  foreignCommit,
  journalled,
  journalOf,
  positions,
  runOf,
  type Scene,
  startDrain,
  targetOf,
  told,
  underWay,
  witness,
} from './fault-harness.js'
import { type Running, spawnJava, spillway } from './kafka-lab.js'

const member = ({ broker, topic, group }: Scene, flags: readonly string[]): Running =>
  spawnJava(broker, CONSUME, [broker.brokers.join(','), topic, group, ...flags])

const heldReasons = async (scene: Scene) =>
  (await journalOf(scene)).filter(event => event.type === 'held').map(event => String(event.reason))

describe.each([
  ['kafka41', 'classic'],
  ['kafka41', 'consumer'],
  ['kafka39', 'classic'],
] as const)('a %s member that appears during a drain (%s)', (key, protocol) => {
  const broker = inject(key)

  it('holds the run, which only resume lifts, and nothing is doubled', async () => {
    const scene = await aBacklog(broker, { records: 12_000 })
    const running = startDrain(scene, ['--rate', '500'])
    const run = await runOf(scene.home)
    await underWay(scene)
    const joined = member(scene, [protocol, '--no-commit', '--idle-ms', '8000'])
    await expect.poll(joined.stdout, { timeout: 30_000, interval: 20 }).toContain('assigned')
    const seen = Date.now()
    const held = await journalled(scene, event => event.type === 'held', 5000)
    expect(Date.now() - seen).toBeLessThan(2500)
    expect(held.until).toBe('operator')
    expect(held.reason).toMatch(/consumer-.* at 127\.0\.0\.1/)
    await joined.finished
    const there = await endsOf(broker, targetOf(scene, run))
    await expect.poll(() => positions(scene), { timeout: 1000 }).toHaveLength(3)
    expect(await endsOf(broker, targetOf(scene, run))).toEqual(there)
    const status = told(await spillway(['status', run, '--output', 'json'], { home: scene.home }))
    expect(status.state).toBe('held')
    expect(status.held.at(-1)?.reason).toContain(scene.group)
    expect((await spillway(['set', run, 'rate=50k'], { home: scene.home })).code).toBe(0)
    expect(running.child.exitCode).toBe(null)
    expect((await spillway(['resume', run], { home: scene.home })).code).toBe(0)
    const finished = await running.finished
    expect(finished.code, finished.stderr).toBe(0)
    expect(await heldReasons(scene)).toHaveLength(1)
    await exactlyOnce(scene, run)
  })
})

describe('a member that commits during a drain', () => {
  it('stops the run with 4 and names the range', async () => {
    const scene = await aBacklog(inject('kafka41'), { records: 12_000 })
    const running = startDrain(scene, ['--rate', '1000'])
    const run = await runOf(scene.home)
    await underWay(scene)
    const joined = member(scene, ['classic', '--idle-ms', '1000'])
    await joined.finished
    if (running.child.exitCode === null) await spillway(['resume', run], { home: scene.home })
    const finished = await running.finished
    expect(finished.code, finished.stdout).toBe(4)
    const { error, duplicatesAtMost, ledger } = told(finished)
    expect(error?.code).toBe('foreign-commit')
    expect(BigInt(duplicatesAtMost)).toBeGreaterThan(0n)
    const { records, ids } = await witness(scene, targetOf(scene, run))
    expect({ records, twice: ids.twice }).toEqual({ records: Number(ledger.written), twice: 0 })
  })
})

describe.each(['kafka41', 'kafka39'] as const)('a foreign commit during a drain of %s', key => {
  it.each([
    ['ahead of the run', 4000],
    ['behind the run', 0],
  ])('stops it with 4, %s', async (_, offset) => {
    const scene = await aBacklog(inject(key), { records: 15_000 })
    const running = startDrain(scene, ['--rate', '1500'])
    const run = await runOf(scene.home)
    await journalled(scene, event => event.type === 'settled' && event.lane === '1')
    await foreignCommit(scene, 1, offset)
    const finished = await running.finished
    expect(finished.code, finished.stdout).toBe(4)
    const { state, error, duplicatesAtMost, ledger, balanced } = told(finished)
    expect({ state, code: error?.code, balanced }).toEqual({ state: 'failed', code: 'foreign-commit', balanced: true })
    expect(error?.message).toContain('Partition 1')
    expect(BigInt(duplicatesAtMost)).toBeGreaterThan(0n)
    expect((await positions(scene))[1]).toBe(offset)
    const { records, ids } = await witness(scene, targetOf(scene, run))
    expect({ records, twice: ids.twice }).toEqual({ records: Number(ledger.written), twice: 0 })
    const again = await spillway(['resume', run], { home: scene.home })
    expect(again.code, again.stderr).toBe(4)
  })
})
