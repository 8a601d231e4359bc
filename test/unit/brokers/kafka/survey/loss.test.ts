import { describe, expect, it } from 'vitest'
import { firstLoss, retentionOf } from '../../../../../src/brokers/kafka/survey/loss.js'

const HOUR = 3600
const slack = { ageSeconds: HOUR, unreadBytes: 600, ingest: 10 }

describe('firstLoss', () => {
  it('is retention.ms less the age', () => {
    expect(firstLoss(slack, { ms: 3 * HOUR * 1000 })).toEqual({ seconds: 2 * HOUR, by: 'time' })
  })
  it('is what is left of retention.bytes over the ingest', () => {
    expect(firstLoss(slack, { bytes: 1000 })).toEqual({ seconds: 40, by: 'size' })
  })
  it('takes the earlier rule', () => {
    expect(firstLoss(slack, { bytes: 1000, ms: 3 * HOUR * 1000 })?.by).toBe('size')
    expect(firstLoss(slack, { bytes: 1e9, ms: 3 * HOUR * 1000 })?.by).toBe('time')
  })
  it('is now where the bound is passed, never below zero', () => {
    expect(firstLoss(slack, { ms: 1000 })?.seconds).toBe(0)
    expect(firstLoss(slack, { bytes: 600 })?.seconds).toBe(0)
  })
  it('does not come by size where nothing arrives, nor by time where the age is unknown', () => {
    expect(firstLoss({ ...slack, ingest: 0 }, { bytes: 1000 })).toBeUndefined()
    expect(firstLoss({ ingest: 1 }, { ms: 1000, bytes: 1000 })).toBeUndefined()
  })
})

describe('retentionOf', () => {
  it('reads -1 as off', () => {
    expect(retentionOf({ 'retention.ms': '-1', 'retention.bytes': '-1' })).toEqual({})
    expect(retentionOf({ 'retention.ms': '1000', 'retention.bytes': '5' })).toEqual({ ms: 1000, bytes: 5 })
  })
  it('deletes nothing by age on a compact-only topic, but does on compact,delete', () => {
    expect(retentionOf({ 'cleanup.policy': 'compact', 'retention.ms': '1000' })).toEqual({})
    expect(retentionOf({ 'cleanup.policy': 'compact,delete', 'retention.ms': '1000' })).toEqual({ ms: 1000 })
  })
})
