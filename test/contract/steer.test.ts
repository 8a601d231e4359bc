import { describe, expect, it } from 'vitest'
import { brokers } from './brokers.js'
import { aScene, carryOn, document, drain, GO, JSON_OUT, run, type Scene, statusOf, told, underWay } from './cli.js'
import { expectEachOnce } from './messages.js'

const COUNT = 3000
const WHOLE = {
  state: 'complete',
  ledger: { read: `${COUNT}`, written: `${COUNT}`, parked: '0', dropped: '0' },
  balanced: true,
  duplicatesAtMost: '0',
}
const resume = (scene: Scene, id: string, ...flags: string[]) => run(scene, ['resume', id, ...JSON_OUT, ...flags])

describe.each(brokers)('steering a drain, on $name', broker => {
  it('a canary stops after exactly N to be looked at; resume copies the rest', async () => {
    const scene = await aScene(broker, COUNT)
    const canary = told(await drain(scene, ['--first', '400']))
    expect(canary).toMatchObject({ state: 'stopped', reason: 'canary', ledger: { read: '400', written: '400' } })
    expect((await broker.inLanes(scene.backlog)).flat()).toHaveLength(400)
    expect(await broker.left(scene.backlog)).toBe(COUNT - 400)
    const early = told(await run(scene, ['restore', canary.run, ...GO, ...JSON_OUT]), { exit: 4, more: ['restore'] })
    expect(early.error?.message).toContain(`spillway resume ${canary.run}`)
    expect(early.error?.message).toContain(`spillway restore ${canary.run} --undo`)
    expect(told(await resume(scene, canary.run))).toMatchObject({ run: canary.run, ...WHOLE })
    await expectEachOnce(broker, scene.backlog)
  })

  it('pause holds it with the reason, set changes its pace, resume lets it go on', async () => {
    const scene = await aScene(broker, COUNT)
    const { running, id } = await underWay(scene)
    const paused = told(await run(scene, ['pause', id, '--reason', 'disk is full', ...JSON_OUT]))
    expect(paused.state).toBe('held')
    expect(paused.held.at(-1)?.reason).toBe('operator: disk is full')
    // What is in hand settles first; from then on nothing moves.
    const looks = async () => [await statusOf(scene, id), await statusOf(scene, id), await statusOf(scene, id)]
    const moved = async () => new Set((await looks()).map(({ ledger }) => ledger.read)).size > 1
    await expect.poll(moved, { timeout: 120_000 }).toBe(false)
    expect((await statusOf(scene, id)).state).toBe('held')
    expect(told(await run(scene, ['set', id, 'rate=unlimited', ...JSON_OUT])).state).toBe('held')
    expect(told(await resume(scene, id)).state).toBe('running')
    const ended = told(await running.finished)
    expect(ended).toMatchObject({ run: id, ...WHOLE })
    expect(ended.held.map(({ reason }) => reason)).toEqual(['operator: disk is full'])
    await expectEachOnce(broker, scene.backlog)
  })

  it('goes on at the rate that was set last when it is resumed', async () => {
    const scene = await aScene(broker, COUNT)
    // At this pace it takes an hour.
    const { running, id } = await underWay(scene, '1')
    told(await run(scene, ['set', id, 'rate=400', ...JSON_OUT]))
    running.child.kill('SIGINT')
    expect(told(await running.finished, { exit: 130 })).toMatchObject({ state: 'stopped' })
    expect(told(await resume(scene, id))).toMatchObject({ run: id, ...WHOLE })
    await expectEachOnce(broker, scene.backlog)
  })

  it('abort stops it for good, deletes nothing, and says what next; --after-abort carries it on', async () => {
    const scene = await aScene(broker, COUNT)
    const { running, id } = await underWay(scene)
    const aborted = await run(scene, ['abort', id])
    expect(aborted.code, aborted.stderr).toBe(0)
    for (const next of [`spillway restore ${id} --execute`, `spillway restore ${id} --undo`, '--after-abort'])
      expect(aborted.stdout).toContain(next)
    expect(told(await running.finished, { exit: 130 })).toMatchObject({ state: 'stopped', reason: 'aborted' })
    expect(document(await resume(scene, id), 4)).toMatchObject({ error: { code: 'aborted' } })
    expect(document(await run(scene, ['pause', id, ...JSON_OUT]), 4)).toMatchObject({ error: { code: 'not-running' } })
    expect(told(await carryOn(scene, id, ['--after-abort']))).toMatchObject(WHOLE)
    await expectEachOnce(broker, scene.backlog)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s settles what is in hand and exits %i; resume adds up', async (signal, exit) => {
    const scene = await aScene(broker, COUNT)
    const { running, id } = await underWay(scene)
    running.child.kill(signal)
    const stopped = told(await running.finished, { exit })
    expect(stopped).toMatchObject({ state: 'stopped', reason: signal, balanced: true, duplicatesAtMost: '0' })
    const left = COUNT - Number(stopped.ledger.written)
    await expect.poll(() => broker.left(scene.backlog), { timeout: 30_000 }).toBe(left)
    expect(told(await carryOn(scene, id))).toMatchObject({ run: id, ...WHOLE })
    await expectEachOnce(broker, scene.backlog)
  })
})
