import { describe, expect, it } from 'vitest'
import { judgeLane } from '../../../../../src/brokers/kafka/verify/judge-lane.js'

const PLAN = { sourceSettings: { 'cleanup.policy': 'delete' } }
const NONE = { records: 0, sum: 0n }
const found = (records: number, sum: bigint) => ({ records, sum, misplaced: 0, trimmed: [] })
const lane = { lane: '0', written: 10n, parked: NONE }

describe('a lane that was read back', () => {
  it('matches by count and sum', () => {
    const verdict = judgeLane(PLAN, lane, { read: { records: 10, sum: 7n }, found: found(10, 7n) })
    expect(verdict).toMatchObject({ matches: true, compared: 'records', notes: [], foundSum: '0000000000000007' })
  })

  it('takes away what was parked, mod 2^64', () => {
    const parked = { records: 2, sum: 5n }
    const read = { records: 12, sum: 1n }
    const verdict = judgeLane(PLAN, { ...lane, parked }, { read, found: found(10, 2n ** 64n - 4n) })
    expect(verdict).toMatchObject({ matches: true, expected: 10n })
  })

  it.each([
    [{ read: { records: 10, sum: 7n }, found: found(11, 9n) }, '1 too many'],
    [{ read: { records: 10, sum: 7n }, found: found(8, 9n) }, '2 missing'],
    [{ read: { records: 10, sum: 7n }, found: found(10, 9n) }, 'as many, but not the same ones'],
    [{ read: { records: 9, sum: 7n }, found: found(9, 7n) }, 'the ledger has 10 written'],
    [{ read: { records: 10, sum: 7n }, found: { ...found(10, 7n), misplaced: 3 } }, '3 records lie in another lane'],
    [{ read: undefined, found: found(9, 7n) }, '1 missing'],
  ])('does not match: %#', (sides, note) => {
    const verdict = judgeLane(PLAN, lane, sides)
    expect(verdict.matches).toBe(false)
    expect(verdict.notes[0]).toContain(note)
  })

  it('compares counts with the ledger, and says so, where the source is gone or compacted', () => {
    const gone = judgeLane(PLAN, lane, { read: undefined, found: found(10, 7n) })
    expect(gone).toMatchObject({ matches: true, compared: 'counts', expected: 10n })
    expect(gone.notes[0]).toContain('does not hold the range any more')
    const plan = { sourceSettings: { 'cleanup.policy': 'compact,delete' } }
    const compacted = judgeLane(plan, lane, { read: { records: 4, sum: 1n }, found: found(10, 7n) })
    expect(compacted).toMatchObject({ matches: true, compared: 'counts' })
  })
})
