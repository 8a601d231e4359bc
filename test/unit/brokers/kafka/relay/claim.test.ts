import { describe, expect, it } from 'vitest'
import {
  addTotals,
  type ClaimNote,
  formatClaim,
  NO_TOTALS,
  parseClaim,
} from '../../../../../src/brokers/kafka/relay/claim.js'

const LARGE = 2n ** 62n
const note: ClaimNote = {
  run: '20260101-000000-abcd',
  topic: 'orders.spill.20260101-000000-abcd',
  host: 'mover-1',
  nonce: '0a1b2c3d',
  totals: { read: 10n, written: 9n, parked: 1n, dropped: 0n, holes: 3n, markers: 2n, aborted: 5n, bytes: LARGE },
  task: { from: '0', to: String(LARGE), order: 'none', until: 'caught-up', guarantee: 'counting', compress: 'zstd' },
  counts: [0, 35, 36, 123_456_789_012],
}

describe('a claim', () => {
  it('starts with run, topic and host, as the contract has it', () => {
    expect(formatClaim(note)).toMatch(/^spillway 20260101-000000-abcd orders\.spill\.20260101-000000-abcd mover-1 /)
  })

  it('reads back as it was written, with and without counts and codec', () => {
    expect(parseClaim(formatClaim(note))).toEqual(note)
    const { counts: _counts, ...rest } = note
    const { compress: _compress, ...task } = note.task
    const plain = { ...rest, task }
    expect(parseClaim(formatClaim(plain))).toEqual(plain)
  })

  it('fits into the 4096 bytes that brokers take, with the longest topic name and a hundred lanes', () => {
    const many = { ...note, topic: 't'.repeat(249), host: 'h'.repeat(253), counts: new Array(100).fill(2 ** 53) }
    expect(formatClaim(many).length).toBeLessThan(4096)
  })

  it('is read from its first four words alone', () => {
    expect(parseClaim('spillway r t h')).toMatchObject({ run: 'r', topic: 't', host: 'h', totals: NO_TOTALS })
  })

  it.each([undefined, '', 'spillway', 'spillway r t', 'consumer-1', ' spillway r t h'])(
    'is not seen in %j',
    metadata => {
      expect(parseClaim(metadata)).toBeUndefined()
    },
  )
})

it('adds and takes away totals, field by field', () => {
  const twice = addTotals(note.totals, note.totals)
  expect(twice).toMatchObject({ read: 20n, aborted: 10n, bytes: 2n * LARGE })
  expect(addTotals(twice, note.totals, -1n)).toEqual(note.totals)
})
