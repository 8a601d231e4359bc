import { describe, expect, it } from 'vitest'
import { disksOf, pick, versionHint } from '../../../../../src/brokers/kafka/survey/cluster-facts.js'
import { hangingOf } from '../../../../../src/brokers/kafka/survey/hanging.js'
import { tolerating } from '../../../../../src/brokers/kafka/survey/tolerate.js'
import { totalOf } from '../../../../../src/brokers/kafka/survey/totals.js'
import { warningsOf } from '../../../../../src/brokers/kafka/survey/warnings.js'
import { UserError } from '../../../../../src/errors.js'
import { backlog, live } from '../../../drain/ways-out-fixture.js'

const open = (partition: number, firstOffset: number) => ({
  partition,
  firstOffset,
  producerId: 7n,
  epoch: 0,
  lastWriteAt: 1000,
  transactionalId: 'tx',
})

describe('hangingOf', () => {
  it('names what stood still for the window, not what a busy producer had open', () => {
    const hanging = hangingOf([open(0, 5), open(1, 9)], [open(0, 5), open(1, 12)])
    expect(hanging).toEqual([
      { lane: '0', producerId: '7', transactionalId: 'tx', startedAt: '1970-01-01T00:00:01.000Z' },
    ])
  })
})

describe('cluster facts', () => {
  it('adds up the online directories of a broker, unknown where one does not tell', () => {
    const dir = { path: '/a', error: 0, freeBytes: 5n, totalBytes: 9n }
    const topicBytes = new Map([[0, 3n]])
    const disks = disksOf([
      { node: 1, dirs: [dir, { ...dir, error: 56 }], topicBytes },
      { node: 2, dirs: [dir, { path: '/b', error: 0 }], topicBytes },
    ])
    expect(disks).toEqual([
      { node: 1, freeBytes: 5n, totalBytes: 9n, usedByTopic: 3n },
      { node: 2, usedByTopic: 3n },
    ])
  })
  it('picks settings by name and names the oldest release that it can be', () => {
    expect(pick({ a: '1', b: '2' }, ['b', 'c'])).toEqual({ b: '2' })
    expect(versionHint({ supports: (api, version) => api === 16 && version <= 5 })).toBe('Kafka 3.8 or later')
    expect(versionHint({ supports: () => false })).toBe('Kafka 2.4 or later')
  })
})

describe('tolerating', () => {
  it('turns a refusal into a note with the way to mend it, and nothing else', async () => {
    const notes: string[] = []
    const tolerate = tolerating(notes)
    const refused = Promise.reject(new UserError('no', { hint: 'Grant Describe.' }))
    expect(await tolerate('disks', refused, [])).toEqual([])
    expect(notes).toEqual(['Unknown: disks (no; Grant Describe.)'])
    await expect(tolerate('disks', Promise.reject(new TypeError('ours')), [])).rejects.toThrow('ours')
  })
})

describe('totalOf', () => {
  it('takes the oldest lane and the earliest loss', () => {
    const [first, ...rest] = backlog().lanes
    if (first === undefined) throw new Error('no lane')
    const old = {
      ...first,
      oldestAt: '2026-01-01T00:00:00.000Z',
      oldestAgeSeconds: 50,
      firstLoss: { seconds: 9, by: 'time' as const },
    }
    const young = {
      ...first,
      oldestAt: '2026-01-01T00:00:40.000Z',
      oldestAgeSeconds: 10,
      firstLoss: { seconds: 4, by: 'size' as const },
    }
    expect(totalOf([old, young, ...rest], { readings: [] })).toMatchObject({
      oldestAt: old.oldestAt,
      oldestAgeSeconds: 50,
      firstLossSeconds: 4,
      lag: 12_500_000n,
    })
  })
})

describe('warningsOf', () => {
  it('has nothing to say of a healthy survey', () => expect(warningsOf(backlog())).toEqual([]))
  it('prints run, host and temporary topic of a claim, and how to carry on', () => {
    const claim = { run: 'r1', topic: 'orders.spill.r1', host: 'h', lanes: ['0'] }
    const [warning] = warningsOf({
      ...backlog({ ...live, verdict: 'idle' }),
      claim,
      temporaryTopics: ['orders.spill.r1'],
    })
    expect(warning).toContain('Run r1 on h claims this group and drains it into orders.spill.r1')
  })
  it('warns once four fifths of the offsets’ life may be over', () => {
    const expiring = (day: string) =>
      warningsOf({
        ...backlog(),
        offsetsRetentionMinutes: 7 * 1440,
        offsetsExpireEarliest: `2026-03-${day}T02:00:00.000Z`,
      })
    expect(expiring('04')).toEqual([])
    expect(expiring('02')[0]).toContain('offsets may expire')
  })
})
