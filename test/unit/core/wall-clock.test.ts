import { describe, expect, it } from 'vitest'
import { WallClock } from '../../../src/core/wall-clock.js'

const at = (iso: string): number => Date.parse(iso)
const berlin = new WallClock('Europe/Berlin')

describe('a clock on the wall', () => {
  it.each([
    ['UTC', '2026-03-29T02:30Z', '2026-03-29T02:30Z'],
    ['Asia/Shanghai', '2026-01-31T08:00Z', '2026-01-31T00:00Z'],
    ['Asia/Kathmandu', '2026-01-31T08:00Z', '2026-01-31T02:15Z'],
    ['Europe/Berlin', '2026-01-31T08:00:00.123Z', '2026-01-31T07:00:00.123Z'],
    ['Europe/Berlin', '2026-07-31T08:00Z', '2026-07-31T06:00Z'],
  ])('in %s shows %s at %s', (zone, wall, instant) => {
    const clock = new WallClock(zone)
    expect(clock.instantOf(at(wall))).toBe(at(instant))
    expect(clock.wallOf(at(instant))).toBe(at(wall))
  })

  it('takes an hour that comes twice for its first, and an hour that never was for the moment of the change', () => {
    expect(berlin.instantOf(at('2026-10-25T02:30Z'))).toBe(at('2026-10-25T00:30Z'))
    expect(berlin.instantOf(at('2026-10-25T03:00Z'))).toBe(at('2026-10-25T02:00Z'))
    expect(berlin.instantOf(at('2026-03-29T02:00Z'))).toBe(at('2026-03-29T01:00Z'))
    expect(berlin.instantOf(at('2026-03-29T02:59:59.999Z'))).toBe(at('2026-03-29T01:00Z'))
    expect(berlin.instantOf(at('2026-03-29T03:00Z'))).toBe(at('2026-03-29T01:00Z'))
    expect(berlin.instantOf(at('2026-03-29T03:01Z'))).toBe(at('2026-03-29T01:01Z'))
  })

  it.each(['2026-03-28T22:00Z', '2026-10-24T22:00Z'])(
    'puts each time of a night from %s into one window of 7 minutes',
    start => {
      const windows = Array.from({ length: 80 }, (_, n) => at(start) + n * 420_000)
      const borders = windows.map(each => berlin.wallOf(each))
      for (let wall = borders[0] ?? 0; wall < (borders.at(-1) ?? 0); wall += 60_000) {
        const fitting = borders.filter((from, n) => wall >= from && wall < (borders[n + 1] ?? 0))
        expect(fitting).toHaveLength(1)
        const instant = berlin.instantOf(wall)
        const of = borders.indexOf(fitting[0] ?? Number.NaN)
        const last = borders.lastIndexOf(fitting[0] ?? Number.NaN)
        expect(instant >= (windows[of] ?? 0) && instant < (windows[last + 1] ?? 0)).toBe(true)
      }
    },
  )

  it('knows when it was put back or forward', () => {
    expect(berlin.changes(at('2026-01-01T00:00Z'), at('2027-01-01T00:00Z'))).toEqual([
      { at: at('2026-03-29T01:00Z'), before: 3_600_000, after: 7_200_000 },
      { at: at('2026-10-25T01:00Z'), before: 7_200_000, after: 3_600_000 },
    ])
    expect(berlin.changes(at('2026-06-01T00:00Z'), at('2026-06-30T00:00Z'))).toEqual([])
  })
})
