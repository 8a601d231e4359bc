import { describe, expect, it } from 'vitest'
import { parseTimeIn } from '../../../src/core/wall-time.js'

const at = (text: string, zone = 'Europe/Berlin'): string => parseTimeIn(text, zone).toISOString()

describe('a time in a zone', () => {
  it.each([
    ['2026-01-31T08:00', '2026-01-31T07:00:00.000Z'],
    ['2026-07-31 08:00:30.5', '2026-07-31T06:00:30.500Z'],
    ['2026-01-31', '2026-01-30T23:00:00.000Z'],
    ['2026-01-31T08:00+08:00', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T08:00Z', '2026-01-31T08:00:00.000Z'],
    // Put back at 03:00: 02:30 comes twice, and the first one is meant.
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
    ['2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
  ])('%s in Berlin is %s', (text, utc) => expect(at(text)).toBe(utc))

  it('is read in UTC, and east and west of it, across the date line', () => {
    expect(at('2026-01-31T08:00', 'UTC')).toBe('2026-01-31T08:00:00.000Z')
    expect(at('2026-01-31T08:00', 'Pacific/Kiritimati')).toBe('2026-01-30T18:00:00.000Z')
    expect(at('2026-01-31T08:00', 'Pacific/Pago_Pago')).toBe('2026-01-31T19:00:00.000Z')
  })

  it('is refused where no clock has shown it', () => {
    expect(() => at('2026-03-29T02:30')).toThrow('never was in Europe/Berlin')
  })

  it.each(['2026-02-30', '2026-01-31T24:00', '2026-13-01', '2026-01-31T08:60', 'yesterday', '08:00'])(
    'refuses %s',
    text => expect(() => at(text)).toThrow(),
  )
})
