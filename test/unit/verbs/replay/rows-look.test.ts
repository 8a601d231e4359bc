import { describe, expect, it } from 'vitest'
import type { RowsLook } from '../../../../src/replay/rows/ports.js'
import { graceWarning, readableFrom, rowsRefusals, rowsWarnings } from '../../../../src/verbs/replay/rows-look.js'

const LOOK: RowsLook = { columns: [{ name: 'at', kind: 'instant' }], count: 1n, withoutKey: 0n }
const ASKED = {
  of: { table: 'orders' },
  key: 'id',
  time: 'at',
  from: '2026-10-25T00:00:00.000Z',
  to: '2026-10-26T00:00:00.000Z',
  graceMs: 60_000,
} as const

const warnings = (look: Partial<RowsLook>, asked = {}) =>
  rowsWarnings({ ...LOOK, ...look }, { ...ASKED, ...asked }).join('\n')

describe('what is said of rows before they go', () => {
  it('names clocks that change, where times have no zone', () => {
    const wall = { columns: [{ name: 'at', kind: 'wall' }] } as const
    expect(warnings({})).not.toContain('zone')
    expect(warnings(wall)).toContain('they are read in UTC')
    expect(warnings(wall, { zone: 'Europe/Berlin' })).toMatch(
      /put back at 2026-10-25T01:00:00Z: times from 02:00 to 03:00 come twice/,
    )
    const spring = { zone: 'Europe/Berlin', from: '2026-03-28T00:00:00.000Z', to: '2026-03-30T00:00:00.000Z' }
    expect(warnings(wall, spring)).toMatch(/put forward at .*: times from 02:00 to 03:00 never were/)
  })

  it('names a server that was chosen, an index that is missing and a number that is unknown', () => {
    expect(warnings({ server: { host: 'h:1', replica: true, chosen: true }, lagMs: 3000 })).toContain(
      'h:1 is read, a replica, 3 s behind',
    )
    expect(warnings({ server: { host: 'h:1', replica: false, chosen: true } })).toContain('no replica')
    expect(warnings({ server: { host: 'h:1', replica: false, chosen: false } })).not.toContain('h:1')
    expect(warnings({ indexed: false })).toContain('No index of orders begins with at')
    expect(warnings({ count: undefined })).toContain('unknown')
  })

  it('refuses a window that is still to come, and says so of one that is taken up to now', () => {
    const refusals = (now: string) => rowsRefusals(LOOK, ASKED, new Date(now))
    expect(refusals('2026-10-25T23:00Z')).toEqual([
      expect.objectContaining({ code: 'not-over', mayClear: true, message: expect.stringContaining('still to come') }),
    ])
    expect(refusals('2026-10-26T00:00:00Z')).toEqual([])
    expect(rowsWarnings(LOOK, { ...ASKED, toAsked: '2099-01-01T00:00:00.000Z' }).join()).toContain('2099')
  })

  it('reads a window once it has been over for the grace, by both clocks', () => {
    const readable = (here: string, there?: string) =>
      new Date(
        readableFrom(ASKED, { ...LOOK, ...(there === undefined ? {} : { now: Date.parse(there) }) }, new Date(here)),
      ).toISOString()
    expect(readable('2026-10-26T00:00:30Z')).toBe('2026-10-26T00:01:00.000Z')
    expect(readable('2026-10-26T00:00:30Z', '2026-10-26T00:00:20Z')).toBe('2026-10-26T00:01:10.000Z')
    expect(readable('2026-10-26T00:00:30Z', '2026-10-26T00:00:40Z')).toBe('2026-10-26T00:01:00.000Z')
    expect(graceWarning(Date.parse('2026-10-26T00:01Z'), new Date('2026-10-26T00:00:30Z'))).toHaveLength(1)
    expect(graceWarning(Date.parse('2026-10-26T00:01Z'), new Date('2026-10-26T00:01Z'))).toEqual([])
  })
})
