import { describe, expect, it } from 'vitest'
import { checkRunId, makeRunId } from '../../../src/core/run-id.js'

describe('makeRunId', () => {
  it('is the minute in UTC and four characters', () => {
    expect(makeRunId(new Date('2026-11-21T01:52:59.999Z'), Uint8Array.of(0, 31, 32, 255))).toBe('20261121-0152-0z0z')
    expect(makeRunId(new Date())).toMatch(/^\d{8}-\d{4}-[0-9a-hjkmnp-tv-z]{4}$/)
  })

  it('sorts by time', () => {
    const early = makeRunId(new Date('2026-09-30T23:59:00Z'))
    expect(early < makeRunId(new Date('2026-10-01T00:00:00Z'))).toBe(true)
  })
})

describe('checkRunId', () => {
  it.each(['20261121-0152-k3f9', 'r1'])('accepts %s', id => expect(checkRunId(id)).toBe(id))
  it.each(['', '..', '.x', '../x', 'a/b', 'a b', '-x', 'é', 'a\n', 'x'.repeat(65)])('refuses %j', id =>
    expect(() => checkRunId(id)).toThrow(expect.objectContaining({ code: 'no-such-run', exitCode: 2 })),
  )
})
