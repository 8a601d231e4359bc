import { describe, expect, inject, it } from 'vitest'
import { killOften } from './kill-often.js'
import { ended, expectSameRecords, letGo, replay, startReplay } from './replay-kafka-harness.js'

const broker = inject('kafka41')

describe('a replay of the archive of a topic', () => {
  it('sends each record again with its bytes, its time and its partition', async () => {
    const scene = await letGo(broker, { records: 3_000, nullKeys: 0.05, nullValues: 0.05, headers: 3, codec: 'mixed' })
    const envelope = ended(await replay(scene))
    expect(envelope).toMatchObject({ state: 'complete', balanced: true, duplicatesAtMost: '0' })
    expect(envelope.ledger).toEqual({ read: '3000', written: '3000', parked: '0', dropped: '0' })
    await expectSameRecords(scene)
  })

  it('is there once for readers that are read_committed, killed twenty times (P3)', { timeout: 300_000 }, async () => {
    const scene = await letGo(broker, { records: 8_000, size: 500, transactions: 200, aborts: 0.2 })
    const rate = '300'
    const { home } = scene
    const start = () => startReplay(scene, ['--rate', rate])
    const envelope = ended(await killOften({ start, home, before: [scene.run], kills: 20, rate }))
    expect(envelope).toMatchObject({ state: 'complete', balanced: true, duplicatesAtMost: '0' })
    expect(envelope.ledger).toMatchObject({ read: '8000', written: '8000' })
    await expectSameRecords(scene)
  })
})
