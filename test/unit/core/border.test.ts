import { describe, expect, it } from 'vitest'
import { isRelative, parseBorder, parseDay } from '../../../src/core/border.js'

const today = { date: '2026-11-22', zone: 'Asia/Shanghai' }
const range = (text: string, given = today) => {
  const { from, to } = parseDay(text, given)
  return [from.toISOString(), to.toISOString()]
}

describe('borders of a range of times', () => {
  it.each([
    ['yesterday', '2026-11-20T16:00:00.000Z'],
    ['Yesterday 22:00', '2026-11-21T14:00:00.000Z'],
    ['today', '2026-11-21T16:00:00.000Z'],
    ['today 02:30:10', '2026-11-21T18:30:10.000Z'],
    ['2026-11-01', '2026-10-31T16:00:00.000Z'],
    ['2026-11-01T00:00Z', '2026-11-01T00:00:00.000Z'],
  ])('reads %j', (text, expected) => expect(parseBorder(text, today).toISOString()).toBe(expected))

  it('takes the first moment behind an hour that the clocks leave out', () =>
    expect(parseBorder('today 02:30', { date: '2026-03-29', zone: 'Europe/Berlin' }).toISOString()).toBe(
      '2026-03-29T01:00:00.000Z',
    ))

  it.each(['tomorrow', 'yesterday 25:00', 'yesterday-1', ''])('refuses %j', text =>
    expect(() => parseBorder(text, today)).toThrow(),
  )

  it('knows which ones move from day to day', () => {
    expect(['today', 'yesterday 04:00'].map(isRelative)).toEqual([true, true])
    expect(['2026-11-01', '2026-11-01T00:00Z'].map(isRelative)).toEqual([false, false])
  })
})

describe('a whole day', () => {
  it('goes from midnight to midnight of its zone', () => {
    expect(range('yesterday')).toEqual(['2026-11-20T16:00:00.000Z', '2026-11-21T16:00:00.000Z'])
    expect(range('2026-11-01')).toEqual(['2026-10-31T16:00:00.000Z', '2026-11-01T16:00:00.000Z'])
  })

  it('has 23 or 25 hours where the clocks are changed, and no hour is of two days', () => {
    const hours = (date: string) => {
      const { from, to } = parseDay(date, { date, zone: 'Europe/Berlin' })
      return (to.getTime() - from.getTime()) / 3_600_000
    }
    expect(['2026-03-28', '2026-03-29', '2026-10-25'].map(hours)).toEqual([24, 23, 25])
    // In Beirut midnight itself is left out.
    expect(range('2026-03-29', { date: '2026-03-29', zone: 'Asia/Beirut' })[0]).toBe('2026-03-28T22:00:00.000Z')
  })

  it.each(['tomorrow', '2026-02-30', 'x'])('refuses %j', text => expect(() => parseDay(text, today)).toThrow())
})
