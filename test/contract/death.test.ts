import { describe, expect, it } from 'vitest'
import type { Moment } from './broker.js'
import { brokers } from './brokers.js'
import { aScene, carryOn, drain, JSON_OUT, run, runOf, type Scene, told, underWay } from './cli.js'
import { expectNothingLost } from './messages.js'

const COUNT = 3000
const MOMENTS: readonly Moment[] = ['copied', 'settled', 'journalled']

/** Carries it on and fails unless nothing is lost and no more is twice than the report says (P2, P3, P6, P7). */
async function survives(scene: Scene, id: string, deaths: number): Promise<void> {
  const { broker, backlog } = scene
  const resumed = told(await carryOn(scene, id))
  expect(resumed).toMatchObject({ run: id, state: 'complete', balanced: true })
  const most = Number(resumed.duplicatesAtMost)
  expect(most).toBeLessThanOrEqual(deaths * broker.duplicatesPerDeath)
  const copies = (await broker.inLanes(backlog)).flat()
  expect(expectNothingLost(copies, backlog.messages)).toBeLessThanOrEqual(most)
  expect(copies.length).toBeGreaterThanOrEqual(Number(resumed.ledger.written))
  expect(await broker.left(backlog)).toBe(0)
}

describe.each(brokers)('a drain that is killed, on $name', broker => {
  it('with SIGKILL midway is told as stopped, and resume completes it', async () => {
    const scene = await aScene(broker, COUNT)
    const { running, id } = await underWay(scene)
    running.child.kill('SIGKILL')
    await running.finished
    const dead = told(await run(scene, ['status', id, ...JSON_OUT]))
    expect(dead).toMatchObject({ state: 'stopped', reason: 'killed' })
    const set = await run(scene, ['set', id, 'rate=5k', ...JSON_OUT])
    expect([set.code, JSON.parse(set.stdout).error.code]).toEqual([4, 'not-running'])
    await survives(scene, id, 1)
  })

  it.each(MOMENTS)('when something is %s, and again in the resume, loses nothing', async moment => {
    const scene = await aScene(broker, COUNT)
    const name = broker.deaths[moment]
    const killed = await drain(scene, ['--rate', '1500'], { SPILLWAY_FAILPOINT: name })
    expect(killed.signal).toBe('SIGKILL')
    const id = await runOf(scene)
    const again = await run(scene, ['resume', id], { SPILLWAY_FAILPOINT: name })
    expect(again.signal).toBe('SIGKILL')
    await survives(scene, id, 2)
  })
})
