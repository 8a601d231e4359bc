import { describe, expect, it } from 'vitest'
import type { RowsLook } from '../../../../src/replay/rows/ports.js'
import { rowsRefusals, rowsWarnings } from '../../../../src/verbs/replay/rows-look.js'

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

  it('refuses a window until it has been over for the grace, by both clocks', () => {
    const codes = (now: string, server?: string) =>
      rowsRefusals({ ...LOOK, ...(server === undefined ? {} : { now: Date.parse(server) }) }, ASKED, new Date(now)).map(
        ({ message, mayClear }) => `${message} ${mayClear}`,
      )
    expect(codes('2026-10-25T23:00Z')).toEqual([expect.stringMatching(/still to come.*true$/)])
    expect(codes('2026-10-26T00:00:59Z')).toEqual([expect.stringMatching(/less than 60 s.*true$/)])
    expect(codes('2026-10-26T00:01:00Z')).toEqual([])
    expect(codes('2026-10-26T00:01:00Z', '2026-10-26T00:00:30Z')).toEqual([expect.stringContaining('less than')])
  })
})
