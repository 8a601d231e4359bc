import { describe, expect, it } from 'vitest'
import { emptySample } from '../../../../../src/brokers/kafka/survey/lane-sample.js'
import { type LaneFacts, laneView, unreadBytes } from '../../../../../src/brokers/kafka/survey/lane-view.js'
import type { LaneReading } from '../../../../../src/brokers/kafka/survey/reading.js'

const lane = (committed: bigint | undefined, end: bigint, start = 0n): LaneReading => ({
  start,
  end,
  stableEnd: end,
  ...(committed !== undefined && { committed }),
})
const NOW = 10_000_000
const facts = (first: LaneReading, last: LaneReading, more: Partial<LaneFacts> = {}): LaneFacts => ({
  partition: 0,
  leader: 1,
  leaderEpoch: 3,
  readings: [
    { at: 0, lanes: new Map([[0, first]]) },
    { at: 10_000, lanes: new Map([[0, last]]) },
  ],
  last,
  stored: 100,
  retention: {},
  compacted: false,
  now: NOW,
  ...more,
})

describe('laneView', () => {
  it('has growth, service and lag of the last reading', () => {
    const view = laneView(facts(lane(100n, 500n), lane(120n, 600n)))
    expect(view).toMatchObject({ growth: 10, service: 2, lag: 480n, lagIsUpperBound: false, lostAlready: 0n })
  })
  it('loses by size when ingest fills what retention leaves to the unread part', () => {
    const retention = { bytes: 100_000 }
    const view = laneView(facts(lane(0n, 500n), lane(0n, 600n), { retention, logBytes: 60_000n }))
    expect(view.firstLoss).toEqual({ seconds: 40, by: 'size' })
  })
  it('leaves read messages out of the bytes that must stay', () => {
    expect(unreadBytes({ last: lane(300n, 600n), logBytes: 60_000n })).toBe(30_000)
    expect(unreadBytes({ last: lane(0n, 0n), logBytes: 0n })).toBe(0)
  })
  it('loses by time when the oldest unread record comes of age', () => {
    const view = laneView(
      facts(lane(0n, 5n), lane(0n, 5n), { retention: { ms: 60_000 }, head: { oldest: NOW - 20_000 } }),
    )
    expect(view).toMatchObject({ oldestAgeSeconds: 20, firstLoss: { seconds: 40, by: 'time' } })
  })
  it('knows no age where the record has no time, and has nothing to lose without a lag', () => {
    const untimed = laneView(facts(lane(0n, 5n), lane(0n, 5n), { retention: { ms: 60_000 }, head: { oldest: -1 } }))
    expect([untimed.oldestAt, untimed.firstLoss]).toEqual([undefined, undefined])
    const read = laneView(facts(lane(5n, 5n), lane(5n, 5n), { retention: { ms: 60_000 }, head: { lastRead: 1000 } }))
    expect([read.firstLoss, read.lastReadAt]).toEqual([undefined, '1970-01-01T00:00:01.000Z'])
  })
  it('counts what was deleted unread, and a commit beyond the end', () => {
    expect(laneView(facts(lane(5n, 100n, 20n), lane(5n, 100n, 20n)))).toMatchObject({ lostAlready: 15n, lag: 80n })
    expect(laneView(facts(lane(105n, 100n), lane(105n, 100n)))).toMatchObject({ beyondEnd: 5n, lag: 0n })
  })
  it('says why a lag is only an upper bound', () => {
    const gaps = { ...emptySample('0', 5n), gaps: true }
    const bound = (more: Partial<LaneFacts>) => laneView(facts(lane(0n, 5n), lane(0n, 5n), more)).holes
    expect(bound({})).toBeUndefined()
    expect(bound({ compacted: true })).toEqual(['the topic is compacted'])
    expect(bound({ sample: gaps })).toEqual(['sampled batches have gaps in their offsets'])
    expect(bound({ sample: { ...gaps, gaps: false, transactional: true } })).toHaveLength(1)
  })
})
