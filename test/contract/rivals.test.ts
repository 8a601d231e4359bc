import { describe, expect, it } from 'vitest'
import { brokers } from './brokers.js'
import { aScene, document, drain, JSON_OUT, newHome, reaches, refused, run, statusOf, told, underWay } from './cli.js'
import { expectEachNumberOnce, expectEachOnce } from './messages.js'

const COUNT = 3000
const WHOLE = { state: 'complete', ledger: { read: `${COUNT}`, written: `${COUNT}` }, duplicatesAtMost: '0' }

describe.each(brokers)('whoever comes in the way of a drain, on $name (P7)', broker => {
  it('a second runner is refused with 4, sees whose run it is, and changes nothing', async () => {
    const scene = await aScene(broker, COUNT)
    const { running, id } = await underWay(scene)
    const rival = { ...scene, home: await newHome() }
    const made = await broker.temporary(scene.backlog, id)
    expect(refused(await drain(rival), 4).code).toBe('claimed')
    const traces = document(await run(rival, ['runs', '--cluster', broker.cluster, ...JSON_OUT]))
    expect(traces).toContainEqual(expect.objectContaining({ run: id, folderHere: false }))
    expect(await broker.temporary(scene.backlog, id)).toEqual(made)
    expect(told(await run(scene, ['set', id, 'rate=unlimited', ...JSON_OUT])).state).toBe('running')
    expect(told(await running.finished)).toMatchObject(WHOLE)
    await expectEachOnce(broker, scene.backlog)
  })

  it('a consumer that appears holds it, named, until it is gone and somebody resumes', async () => {
    const scene = await aScene(broker, COUNT, { crowded: true })
    const { running, id } = await underWay(scene)
    const stop = await broker.consumer(scene.backlog)
    await reaches(scene, id, ({ state }) => state === 'held')
    expect((await statusOf(scene, id)).held.at(-1)?.reason).toContain(scene.backlog.name)
    await stop()
    expect(told(await run(scene, ['set', id, 'rate=unlimited', ...JSON_OUT])).state).toBe('held')
    // A look of before it left may hold the run once more.
    const resumed = async () => (await run(scene, ['resume', id])).code === 0 && (await statusOf(scene, id)).state
    await expect.poll(resumed, { timeout: 120_000 }).toBe('complete')
    expect(told(await running.finished)).toMatchObject(WHOLE)
    await expectEachNumberOnce(broker, scene.backlog)
  })
})
