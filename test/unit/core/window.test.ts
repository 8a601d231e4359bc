import { Cron } from 'croner'
import { describe, expect, it } from 'vitest'
import { nextNight, nightAt, parseHours } from '../../../src/core/window.js'

const night = (hours: string, zone: string, after: string) => {
  const { date, opensAt, closesAt } = nextNight({ ...parseHours(hours), zone }, new Date(after))
  return [date, opensAt.toISOString().slice(0, 16), closesAt.toISOString().slice(0, 16)]
}

describe('the hours of a window', () => {
  it('reads two times of day', () => {
    expect(parseHours('00:30-05:00')).toEqual({ from: '00:30', to: '05:00' })
    expect(parseHours('22:00 - 05:00:30')).toEqual({ from: '22:00', to: '05:00:30' })
  })

  it.each(['', '0:30-5:00', '00:30', '24:00-05:00', '00:30-05:60', '01:00-01:00', '01:00-01:00:00', '1-2-3'])(
    'refuses %j',
    text => expect(() => parseHours(text)).toThrow(),
  )
})

describe('the next night', () => {
  it.each<[string, string, string, readonly [string, string, string]]>([
    [
      'a zone that never changes',
      '00:30-05:00',
      'Asia/Shanghai',
      ['2026-11-22', '2026-11-21T16:30', '2026-11-21T21:00'],
    ],
    ['hours across midnight', '22:00-05:00', 'Asia/Shanghai', ['2026-11-21', '2026-11-21T14:00', '2026-11-21T21:00']],
  ])('knows %s', (_what, hours, zone, expected) => expect(night(hours, zone, '2026-11-21T12:00Z')).toEqual(expected))

  it.each<[string, string, string, readonly [string, string]]>([
    // Berlin: 02:00 becomes 03:00 at 01:00Z on 2026-03-29.
    ['Europe/Berlin', '02:30-04:00', '2026-03-28T12:00Z', ['2026-03-29T01:00', '2026-03-29T02:00']],
    ['Europe/Berlin', '00:30-02:30', '2026-03-28T12:00Z', ['2026-03-28T23:30', '2026-03-29T01:00']],
    // New York: 02:00 becomes 03:00 at 07:00Z on 2026-03-08.
    ['America/New_York', '02:30-05:00', '2026-03-07T12:00Z', ['2026-03-08T07:00', '2026-03-08T09:00']],
    // Lord Howe: half an hour, 02:00 becomes 02:30 at 15:30Z on 2026-10-03.
    ['Australia/Lord_Howe', '02:15-05:00', '2026-10-03T05:00Z', ['2026-10-03T15:30', '2026-10-03T18:00']],
    // Casablanca: back to +01 after Ramadan, 02:00 becomes 03:00 at 02:00Z on 2026-03-22.
    ['Africa/Casablanca', '02:30-05:00', '2026-03-21T12:00Z', ['2026-03-22T02:00', '2026-03-22T04:00']],
  ])('opens in %s behind the hour that the clocks leave out: %s', (zone, hours, after, [opens, closes]) =>
    expect(night(hours, zone, after).slice(1)).toEqual([opens, closes]),
  )

  it.each<[string, string, string, readonly [string, string], string]>([
    // Berlin: 03:00 becomes 02:00 at 01:00Z on 2026-10-25.
    ['Europe/Berlin', '02:30-04:00', '2026-10-24T12:00Z', ['2026-10-25T00:30', '2026-10-25T03:00'], '2026-10-26'],
    ['Europe/Berlin', '02:10-02:50', '2026-10-24T12:00Z', ['2026-10-25T00:10', '2026-10-25T00:50'], '2026-10-26'],
    ['Europe/Berlin', '00:30-02:30', '2026-10-24T12:00Z', ['2026-10-24T22:30', '2026-10-25T00:30'], '2026-10-26'],
    ['America/New_York', '01:30-05:00', '2026-10-31T12:00Z', ['2026-11-01T05:30', '2026-11-01T10:00'], '2026-11-02'],
    ['Australia/Lord_Howe', '01:45-05:00', '2026-04-04T05:00Z', ['2026-04-04T14:45', '2026-04-04T18:30'], '2026-04-06'],
    ['Africa/Casablanca', '02:30-05:00', '2026-02-14T12:00Z', ['2026-02-15T01:30', '2026-02-15T05:00'], '2026-02-16'],
  ])('opens in %s once in the hour that comes twice: %s', (zone, hours, after, [opens, closes], behind) => {
    expect(night(hours, zone, after).slice(1)).toEqual([opens, closes])
    expect(night(hours, zone, `${opens}Z`)[0]).toBe(behind)
  })

  it('is none where the hours lie wholly in one that the clocks leave out', () =>
    expect(night('02:10-02:50', 'Europe/Berlin', '2026-03-28T12:00Z')).toEqual([
      '2026-03-30',
      '2026-03-30T00:10',
      '2026-03-30T00:50',
    ]))

  it('is none on a day that a zone left out', () =>
    expect(night('00:30-05:00', 'Pacific/Apia', '2011-12-29T11:00Z')[0]).toBe('2011-12-31'))

  it.each(['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca'])(
    'begins in %s when cron would, for two years',
    zone => {
      // Past the hours that are changed: there every cron has a way of its own.
      const cron = new Cron('30 5 * * *', { timezone: zone, paused: true })
      let at = new Date('2026-01-01T00:00Z')
      for (let nights = 0; nights < 730; nights++) {
        const { opensAt } = nextNight({ from: '05:30', to: '07:00', zone }, at)
        expect(opensAt).toEqual(cron.nextRun(at))
        at = opensAt
      }
    },
  )
})

describe('the night of now', () => {
  const window = { from: '22:00', to: '05:00', zone: 'Asia/Shanghai' }
  it('is that of the evening it began in', () => {
    expect(nightAt(window, new Date('2026-11-21T20:59:59.999Z'))?.date).toBe('2026-11-21')
    expect(nightAt(window, new Date('2026-11-21T14:00:00Z'))?.date).toBe('2026-11-21')
  })
  it('is none while the window is shut', () => {
    expect(nightAt(window, new Date('2026-11-21T21:00:00Z'))).toBeUndefined()
    expect(nightAt(window, new Date('2026-11-21T13:59:59.999Z'))).toBeUndefined()
  })
})
