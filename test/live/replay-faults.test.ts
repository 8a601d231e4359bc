import { open, readdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { deleteTopic } from '../../src/brokers/kafka/admin/deletions.js'
import { listGroups } from '../../src/brokers/kafka/admin/list-groups.js'
import { witness } from './drain-harness.js'
import { onLink, runsOf, told } from './fault-harness.js'
import { spillway } from './kafka-lab.js'
import { aTarget, ended, expectSameRecords, type LetGo, letGo, replay } from './replay-kafka-harness.js'

const broker = inject('kafka41')

/** The first data file of a scene's archive: its path, and as the archive calls it. */
async function dataFile({ home, run, topic }: LetGo): Promise<{ path: string; file: string }> {
  const folder = join(home, 'runs', run, 'archive')
  const lane = (await readdir(folder)).filter(name => name.startsWith(`${topic}-`)).sort()[0] ?? ''
  const [name = ''] = await readdir(join(folder, lane))
  return { path: join(folder, lane, name), file: `${lane}/${name}` }
}

describe('a replay into Kafka', () => {
  it('refuses an archive that is shorter than it was, and stops at a byte that was altered, naming file and place', async () => {
    const scene = await letGo(broker, { records: 300, partitions: 1, codec: 'none' })
    const { path, file } = await dataFile(scene)
    const handle = await open(path, 'r+')
    const { size } = await handle.stat()
    const at = size - 20
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at)
    await handle.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, at)
    await handle.close()
    const failed = ended(await replay(scene), 1)
    expect(failed.error).toMatchObject({ code: 'archive-damaged', message: expect.stringContaining(file) })
    expect(failed.error?.message).toMatch(/byte \d+/)
    await truncate(path, size - 1)
    const refused = await replay(scene)
    expect(refused.code, refused.stderr).toBe(4)
    const { error } = told(refused)
    expect(error).toMatchObject({
      code: 'archive-damaged',
      message: expect.stringContaining(`${file} of the archive differs from byte`),
    })
    const dry = await spillway(['replay', `archive:${scene.run}`, '--to', scene.to, '--output', 'json'], {
      home: scene.home,
    })
    expect([dry.code, told(dry).refusals]).toEqual([0, [expect.stringContaining(file)]])
  })

  it('says no to a target that is not there or is temporary, to a run without an archive, and makes nothing', async () => {
    const scene = await letGo(broker, { records: 10 })
    const before = await runsOf(scene.home)
    const gone = await replay({ ...scene, to: `${broker.url}/nowhere` })
    expect([gone.code, told(gone).error?.code]).toEqual([2, 'no-topic'])
    await onLink(broker, link => deleteTopic(link, scene.target))
    expect((await replay(scene)).code).toBe(2)
    const unknown = await replay({ ...scene, run: '20200101-0000-aaaa' })
    expect([unknown.code, told(unknown).error?.code]).toEqual([2, 'no-such-run'])
    const dry = await spillway(['replay', `archive:${scene.run}`, '--to', 'origin', '--output', 'json'], {
      home: scene.home,
    })
    expect(told(dry)).toMatchObject({ state: 'planned', target: 'origin', refusals: [] })
    expect(await runsOf(scene.home)).toEqual(before)
  })

  it('places by key where partitions differ, leaves out what was not asked for, and takes its group away', async () => {
    const scene = await letGo(broker, { records: 600, keys: 50, partitions: 3 }, { partitions: 2 })
    ended(await replay(scene))
    const seen = await witness(broker, scene.target)
    expect(seen).toMatchObject({ records: 600, keysSplit: 0, outOfOrder: 0 })
    const groups = await onLink(broker, link => listGroups(link))
    expect(groups.filter(({ id }) => id.startsWith('spillway.replay.'))).toEqual([])
    const ids = [`${scene.topic}/0/3`, `${scene.topic}/2/5`].flatMap(id => ['--only-id', id])
    expect(ended(await replay(scene, ids))).toMatchObject({ ledger: { read: '2', written: '2' }, skipped: '598' })
    const none = ended(await replay(scene, ['--to-time', '2001-01-01']))
    expect(none).toMatchObject({ ledger: { read: '0', written: '0' }, skipped: '600', state: 'complete' })
  })

  it('keeps to the limits of the topic, and parks only what it can never take, by transactions or without', async () => {
    const scene = await letGo(
      broker,
      { records: 400, size: 300, partitions: 2 },
      { settings: { 'max.message.bytes': '5000' } },
    )
    expect(ended(await replay(scene)).ledger).toMatchObject({ read: '400', written: '400', parked: '0' })
    await expectSameRecords(scene)
    const narrow = await aTarget(scene, { name: `${scene.topic}-narrow`, settings: { 'max.message.bytes': '200' } })
    for (const flags of [[], ['--no-transaction']]) {
      const parked = ended(await replay({ ...scene, to: `${broker.url}/${narrow}` }, flags), 3)
      expect(parked).toMatchObject({
        state: 'complete',
        ledger: { read: '400', written: '0', parked: '400' },
        balanced: true,
      })
    }
  })
})
