import { describe, expect, it } from 'vitest'
import { headroom } from '../../../src/drain/plan/disk.js'
import { planDrain } from '../../../src/drain/plan.js'
import { aLane, aSkew, aSurvey, someOptions } from './a-survey.js'

const GiB = 1024n ** 3n
const threeBrokers = [1, 2, 3].map(node => ({ node, host: `b${node}`, port: 9092 }))

describe('disk', () => {
  it('needs the copy and its open segments, times the replication', () => {
    // 3 x 1,000 records of 1 KiB, each lane far smaller than a segment: the copy once more for the open segments.
    expect(planDrain(aSurvey(), someOptions()).disk[0]?.needBytes).toBe(2n * 3000n * 1024n)
    const tiny = aSurvey({ topic: { settings: { 'segment.bytes': '1024' } } })
    expect(planDrain(tiny, someOptions()).disk[0]?.needBytes).toBe(3000n * 1024n + 30n * 1024n)
  })

  it('spreads the replicas over the brokers', () => {
    const survey = aSurvey({ brokers: threeBrokers, topic: { replication: 3 } })
    expect(planDrain(survey, someOptions()).disk.map(({ needBytes }) => needBytes)).toEqual(
      Array(3).fill(2n * 3000n * 1024n),
    )
  })

  it('gives each an even share of even lanes', () => {
    const [one] = planDrain(aSurvey({ brokers: threeBrokers }), someOptions()).disk
    expect(one?.needBytes).toBe((2n * 3000n * 1024n) / 3n)
  })

  it('counts all lanes of one full partition on one broker, where Kafka may deal them so', () => {
    const read = { committed: '1500' }
    const lanes = [aLane(0, { committed: '0', end: '100000' }), aLane(1, read), aLane(2, read)]
    const [one] = planDrain(aSurvey({ brokers: threeBrokers, lanes }), someOptions()).disk
    expect(one?.needBytes).toBe(2n * 100_000n * 1024n)
  })

  it('grows by what --compress may undo', () => {
    const skew = aSkew({ storedBytes: 250, rawBytes: 1000 })
    const plain = planDrain(aSurvey({ skew }), someOptions())
    const recoded = planDrain(aSurvey({ skew }), someOptions({ compress: 'none' }))
    expect(recoded.expect.bytes).toBe(plain.expect.bytes * 4n)
    expect(recoded.warnings.join('\n')).toContain('up to 4.0 times as large')
    expect(planDrain(aSurvey({ skew }), someOptions({ compress: 'lz4' })).expect.bytes).toBe(plain.expect.bytes)
  })

  it('falls back on the sample where brokers do not tell the log size', () => {
    const lanes = [0, 1, 2].map(lane => {
      const { logBytes: _, ...rest } = aLane(lane)
      return rest
    })
    expect(planDrain(aSurvey({ lanes, skew: aSkew({ storedBytes: 100 }) }), someOptions()).expect.bytes).toBe(300_000n)
  })

  it('keeps 5 % free, 10 GiB at most', () => {
    expect(headroom(100n * GiB)).toBe(5n * GiB)
    expect(headroom(1000n * GiB)).toBe(10n * GiB)
  })

  it('is refused broker by broker where it does not fit', () => {
    const disks = [{ node: 1, freeBytes: 6_000_000n, totalBytes: 100_000_000n, usedByTopic: 0n }]
    const [refusal] = planDrain(aSurvey({ disks }), someOptions()).refusals
    expect(refusal).toMatch(/^broker 1: The copy needs 5\.9 MiB/)
  })

  it('must be given where a broker does not say', () => {
    const disks = [{ node: 1, usedByTopic: 0n }]
    expect(planDrain(aSurvey({ disks }), someOptions()).refusals[0]).toContain('--disk-free 1=BYTES')
    const given = planDrain(aSurvey({ disks }), someOptions({ diskFree: new Map([[1, GiB]]) }))
    expect(given.refusals).toEqual([])
    expect(given.disk[0]).toMatchObject({ freeBytes: GiB, boundBytes: GiB - GiB / 20n })
  })
})

describe('partitions', () => {
  it('are counted on each broker with their replicas', () => {
    const survey = aSurvey({ brokers: threeBrokers, topic: { replication: 2 } })
    expect(planDrain(survey, someOptions()).partitionsByBroker[0]).toEqual({ node: 1, now: 60, adds: 20, limit: 4000 })
  })

  it('are refused over the limit of a broker, with the factor that fits', () => {
    const plan = planDrain(aSurvey({ partitionsByBroker: { '1': 3990 } }), someOptions())
    expect(plan.refusals[0]).toContain(
      '3,990 replicas and 30 more would pass the limit of 4,000. At most --factor 3 fits.',
    )
  })

  it('are refused over what one topic may be created with', () => {
    const plan = planDrain(aSurvey(), someOptions({ factor: 4000, limits: { replicasPerBroker: 100_000 } }))
    expect(plan.refusals[0]).toContain('12,000 lanes pass the 10,000 partitions')
    expect(plan.refusals[0]).toContain('--factor 3333 fits')
  })
})
