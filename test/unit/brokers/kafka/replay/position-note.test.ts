import { describe, expect, it } from 'vitest'
import { parseClaim } from '../../../../../src/brokers/kafka/relay/claim.js'
import { formatPosition, parsePosition } from '../../../../../src/brokers/kafka/replay/position-note.js'
import { NO_TOTALS } from '../../../../../src/replay/lane-run.js'

const note = {
  run: '20261121-0152-k3f9',
  host: 'ops-1',
  nonce: 'a1b2',
  mark: '2026-01-31T08:00:00Z größe 7',
  totals: { ...NO_TOTALS, read: 12_345_678_901_234n, written: 12n, parked: 3n, bytes: 99n, skipped: 7n },
}

describe('the position beside an offset', () => {
  it('comes back as it went, whatever the mark', () => {
    expect(parsePosition(formatPosition(note))).toEqual(note)
  })

  it('is no claim on a group', () => expect(parseClaim(formatPosition(note))).toBeUndefined())

  it.each([undefined, '', 'spillway run topic host n=1', 'spillway-replay run host n=1'])('is not in %j', text =>
    expect(parsePosition(text)).toBeUndefined(),
  )
})
