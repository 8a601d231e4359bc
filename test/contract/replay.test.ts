import { describe, expect, it } from 'vitest'
import { spawnSpillway } from '../live/kafka-lab.js'
import { brokers } from './brokers.js'
import {
  aScene,
  carryOn,
  document,
  GO,
  JSON_OUT,
  letGo,
  reaches,
  refused,
  run,
  runsOf,
  type Scene,
  statusOf,
  told,
} from './cli.js'
import { expectNothingLost, expectOrderPerKey } from './messages.js'

const COUNT = 3000
const ALL = { read: `${COUNT}`, written: `${COUNT}`, parked: '0', dropped: '0' }

type Env = Readonly<Record<string, string>>
const look = (scene: Scene, id: string, flags: readonly string[] = []) =>
  run(scene, ['replay', `archive:${id}`, '--to', 'origin', ...JSON_OUT, ...flags])
const replay = (scene: Scene, id: string, flags: readonly string[] = [], env: Env = {}) =>
  run(scene, ['replay', `archive:${id}`, '--to', 'origin', ...GO, ...JSON_OUT, ...flags], env)
/** The run of the replay: the other one. */
const other = async (scene: Scene, id: string) => (await runsOf(scene)).find(each => each !== id) ?? ''

describe.each(brokers)('a replay, on $name', broker => {
  it('shows its plan and sends nothing; a time for a target, no rate, no run or no target exits 2 (P1)', async () => {
    const scene = await aScene(broker, COUNT)
    const id = await letGo(scene)
    const before = await broker.picture(scene.backlog)
    const plan = told(await look(scene, id), { more: ['plan'] })
    expect(plan).toMatchObject({
      verb: 'replay',
      state: 'planned',
      source: `archive:${id}`,
      target: 'origin',
      refusals: [],
    })
    const text = await run(scene, ['replay', `archive:${id}`, '--to', 'origin'])
    for (const words of [/Send 3,000 messages/, /ORIGINALS: may start/, `spillway replay archive:${id} --to origin`])
      expect(text.stdout).toMatch(words)
    expect(document(await look(scene, id))).toMatchObject({
      plan: { duplicatesAtMost: expect.stringMatching(broker.replay.guarantee) },
    })
    const sample = document(await run(scene, ['replay', `archive:${id}`, '--sample', '3', ...JSON_OUT]))
    expect(sample).toMatchObject({ sample: [{}, {}, {}] })
    const wrong = (args: readonly string[]) => run(scene, ['replay', ...args, '--execute', ...JSON_OUT])
    for (const args of [
      [`archive:${id}`, '--to', '2026-01-31T08:00'],
      [`archive:${id}`, '--to', 'origin', '--rate', '0'],
      [`archive:${id}`, '--to', broker.address('127.0.0.1:1', 'nowhere').split('?')[0] ?? ''],
      ['archive:20200101-0000-aaaa', '--to', 'origin'],
      [`archive:${id}`],
    ])
      refused(await wrong(args), 2)
    expect([await broker.picture(scene.backlog), await runsOf(scene)]).toEqual([before, [id]])
  })

  it('puts each message back once, with its bytes, in order per key, balanced; nothing is left to restore', async () => {
    const scene = await aScene(broker, COUNT)
    const id = await letGo(scene)
    const envelope = told(await replay(scene, id, ['--reason', 'contract']))
    expect(envelope).toMatchObject({
      state: 'complete',
      ledger: ALL,
      balanced: true,
      duplicatesAtMost: '0',
      refusals: [],
    })
    const again = await broker.inSource(scene.backlog)
    expect(expectNothingLost(again, scene.backlog.messages)).toBe(0)
    expectOrderPerKey([again])
    expect(await broker.temporary(scene.backlog, envelope.run)).toEqual([])
    await isShownAlike(scene, envelope.run)
  })

  it('killed at one point after the other, on each resume again, loses nothing and says how much may be there twice (P2, P3, P6)', async () => {
    const scene = await aScene(broker, COUNT)
    const id = await letGo(scene)
    const [first = '', ...more] = broker.replay.deaths
    const killed = await replay(scene, id, ['--rate', '1500'], { SPILLWAY_FAILPOINT: first })
    expect([first, killed.signal], killed.stderr).toEqual([first, 'SIGKILL'])
    const again = await other(scene, id)
    for (const name of more) {
      const resumed = await run(scene, ['resume', again], { SPILLWAY_FAILPOINT: name })
      expect([name, resumed.signal], resumed.stderr).toEqual([name, 'SIGKILL'])
    }
    const envelope = told(await carryOn(scene, again))
    expect(envelope).toMatchObject({ run: again, state: 'complete', ledger: ALL, balanced: true })
    const twice = expectNothingLost(await broker.inSource(scene.backlog), scene.backlog.messages)
    expect(twice).toBeLessThanOrEqual(Number(envelope.duplicatesAtMost))
    if (broker.duplicatesPerDeath === 0) expect(envelope.duplicatesAtMost).toBe('0')
  })

  it('is paused, aborted, and carried on after all, and sends each message once', async () => {
    const scene = await aScene(broker, COUNT)
    const id = await letGo(scene)
    const args = ['replay', `archive:${id}`, '--to', 'origin', ...GO, ...JSON_OUT, '--rate', '100', ...broker.reach]
    const running = spawnSpillway(args, { home: scene.home })
    await expect.poll(() => runsOf(scene), { timeout: 120_000 }).toHaveLength(2)
    const again = await other(scene, id)
    await reaches(scene, again, ({ ledger }) => ledger.read !== '0')
    expect(told(await run(scene, ['pause', again, ...JSON_OUT]))).toMatchObject({ verb: 'replay', state: 'held' })
    await run(scene, ['abort', again])
    expect(told(await running.finished, { exit: 130 })).toMatchObject({ state: 'stopped', reason: 'aborted' })
    expect(document(await run(scene, ['resume', again, ...JSON_OUT]), 4)).toMatchObject({ error: { code: 'aborted' } })
    const envelope = told(await carryOn(scene, again, ['--after-abort']))
    expect(envelope).toMatchObject({ state: 'complete', ledger: ALL, duplicatesAtMost: '0' })
    expect(expectNothingLost(await broker.inSource(scene.backlog), scene.backlog.messages)).toBe(0)
  })
})

/** Status, runs and resume tell the same of it; restore says that there is nothing to restore. */
async function isShownAlike(scene: Scene, id: string): Promise<void> {
  const status = await statusOf(scene, id)
  expect(document(await run(scene, ['runs', ...JSON_OUT]))).toContainEqual(status)
  expect(told(await run(scene, ['resume', id, ...JSON_OUT]))).toEqual(status)
  const report = await run(scene, ['report', id, '--commands'])
  for (const words of ['BALANCED', 'contract', 'ORIGINALS: may start']) expect(report.stdout).toContain(words)
  expect(refused(await run(scene, ['restore', id, ...JSON_OUT]), 2).code).toBe('not-a-drain')
}
