import { describe, expect, it } from 'vitest'
import { ColumnTimes, isoTime } from '../../../src/databases/times.js'

const instant = new ColumnTimes({}, 'instant')
const wall = new ColumnTimes({ zone: 'Asia/Shanghai' }, 'wall')

describe('a time of a column', () => {
  it.each([
    ['2026-01-31 08:00:00+00', '2026-01-31T08:00:00.000Z'],
    ['2026-01-28 08:00:00+00', '2026-01-28T08:00:00.000Z'],
    ['2026-01-28 08:00:00.5+00', '2026-01-28T08:00:00.500Z'],
    ['2026-01-28 08:00:00.123456+00', '2026-01-28T08:00:00.123Z'],
    ['2026-01-28 23:59:59.999999', '2026-01-28T23:59:59.999Z'],
    ['2026-12-01', '2026-12-01T00:00:00.000Z'],
    ['1970-01-01 00:00:00', '1970-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    for (const _ of [1, 2]) expect(instant.at(text)).toBe(Date.parse(iso))
  })

  it.each(['0000-00-00 00:00:00', '2026-00-10 08:00:00', '2026-01-10 08:00:0x', '2026-01-10 24:30:00', 'infinity', ''])(
    '%s is none that a clock shows',
    text => expect(instant.at(text)).toBe(-1),
  )

  it('without a zone is what the clock shows in that of the rows', () => {
    expect(wall.at('2026-01-10 08:00:00.25')).toBe(Date.parse('2026-01-10T00:00:00.250Z'))
  })

  it('is written as ISO 8601 has it, and what is none stays', () => {
    expect(isoTime('instant', '2026-01-31 08:00:00.1+00')).toBe('2026-01-31T08:00:00.1Z')
    expect(isoTime('wall', '2026-01-31 08:00:00')).toBe('2026-01-31T08:00:00')
    expect(isoTime('instant', '0044-03-15 12:00:00+00 BC')).toBe('0044-03-15 12:00:00+00 BC')
    expect(isoTime('instant', 'infinity')).toBe('infinity')
    expect(isoTime('text', '2026-01-31 08:00:00+00')).toBe('2026-01-31 08:00:00+00')
  })
})
