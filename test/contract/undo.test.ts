import { describe, expect, it } from 'vitest'
import { brokers } from './brokers.js'
import { aScene, drain, GO, JSON_OUT, run, type Scene, told } from './cli.js'
import { expectNothingLost, expectOrderPerKey } from './messages.js'

const undo = (scene: Scene, id: string, ...flags: string[]) =>
  run(scene, ['restore', id, '--undo', ...JSON_OUT, ...flags])
const UNDONE = { more: ['restore'] }

/** Fails unless the source holds its backlog again, and nothing temporary is there. */
async function isBack({ broker, backlog }: Scene, id: string): Promise<void> {
  expect([await broker.temporary(backlog, id), await broker.left(backlog)]).toEqual([[], backlog.messages.length])
  const held = await broker.inSource(backlog)
  expect(expectNothingLost(held, backlog.messages)).toBe(0)
}

describe.each(brokers)('an undo, on $name (P8)', broker => {
  it('gives all of a complete run back in order; then there is nothing to carry on, and a new drain may begin', async () => {
    const scene = await aScene(broker, 1000)
    const { backlog } = scene
    const { run: id } = told(await drain(scene, broker.ordered))
    const made = await broker.temporary(backlog, id)
    const dry = told(await undo(scene, id, '--yes'), UNDONE)
    expect(dry).toMatchObject({ state: 'complete', refusals: [] })
    expect([await broker.temporary(backlog, id), await broker.left(backlog)]).toEqual([made, 0])
    expect(told(await undo(scene, id, ...GO), UNDONE)).toMatchObject({ state: 'undone', originals: 'may start' })
    await isBack(scene, id)
    expectOrderPerKey([await broker.inSource(backlog)])
    expect(told(await undo(scene, id, ...GO), UNDONE).state).toBe('undone')
    for (const args of [
      ['resume', id, ...JSON_OUT],
      ['restore', id, ...GO, ...JSON_OUT],
    ])
      expect((await run(scene, args)).code).toBe(4)
    expect(told(await drain(scene))).toMatchObject({ state: 'complete', ledger: { read: '1000' } })
  })

  it('gives back what a canary took', async () => {
    const scene = await aScene(broker, 1000)
    const { run: id } = told(await drain(scene, ['--first', '300']))
    expect(told(await undo(scene, id, ...GO), UNDONE).state).toBe('undone')
    await isBack(scene, id)
  })
})
