import { describe, expect, it } from 'vitest'
import { parseInstant, parseZone } from '../../../src/core/instant.js'

describe('parseInstant', () => {
  it.each([
    ['2026-01-31T08:00+08:00', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31 08:00:30.5Z', '2026-01-31T08:00:30.500Z'],
    ['2026-01-31T08:00:00 -0330', '2026-01-31T11:30:00.000Z'],
    ['2024-02-29T00:00z', '2024-02-29T00:00:00.000Z'],
  ])('reads %s', (text, utc) => expect(parseInstant(text).toISOString()).toBe(utc))

  it.each(['2026-01-31T08:00', '2026-01-31', '2026-01-31 08:00:00'])('refuses %s: it does not say its zone', text =>
    expect(() => parseInstant(text)).toThrow(
      expect.objectContaining({ code: 'no-zone', exitCode: 2, hint: expect.stringContaining('+08:00') }),
    ),
  )

  it.each([
    ['2026-02-30T08:00Z', 'no day or time'],
    ['2026-01-31T25:00Z', 'no day or time'],
    ['2026-01-31T08:00+25:00', 'no offset'],
    ['yesterday', 'not a point in time'],
    ['2h', 'not a point in time'],
    ['', 'not a point in time'],
  ])('refuses %j', (text, message) => expect(() => parseInstant(text)).toThrow(message))
})

describe('parseZone', () => {
  it('knows zones by their names', () => {
    expect(parseZone('Europe/Berlin')).toBe('Europe/Berlin')
    expect(() => parseZone('Berlin')).toThrow('not a time zone')
  })
})
