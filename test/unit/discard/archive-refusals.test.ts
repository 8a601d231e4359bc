import { describe, expect, it } from 'vitest'
import { type ArchiveNeighbour, archiveRefusals, archiveWarnings } from '../../../src/discard/plan/archive-refusals.js'

const archive = { folder: '/mnt/a/run', needBytes: 10n, freeBytes: 15n, floorBytes: 5n }
const beside = (shares: ArchiveNeighbour['shares']): ArchiveNeighbour => ({
  broker: { broker: 'broker 1', host: 'one', path: '/var/kafka' },
  shares,
})
const codes = (...given: Parameters<typeof archiveRefusals>) => archiveRefusals(...given).map(({ code }) => code)

describe('archiveRefusals', () => {
  it('takes an archive that fits above the floor, and none at all', () => {
    expect(codes({ archive }, undefined)).toEqual([])
    expect(codes({}, beside('volume'))).toEqual([])
  })

  it('refuses one that would reach into the floor, which may clear', () => {
    expect(archiveRefusals({ archive: { ...archive, freeBytes: 14n } }, undefined)).toMatchObject([
      { code: 'archive-room', mayClear: true, hint: expect.stringContaining('--no-archive') },
    ])
  })

  it('refuses one in the data folder of a broker, or on its volume', () => {
    expect(codes({ archive }, beside('folder'))).toEqual(['archive-volume'])
    expect(codes({ archive }, beside('volume'))).toEqual(['archive-volume'])
  })

  it('warns where machine and broker have one disk', () => {
    expect(codes({ archive }, beside('system-disk'))).toEqual([])
    expect(archiveWarnings(beside('system-disk')).join()).toContain('broker 1')
    expect(archiveWarnings(beside('volume'))).toEqual([])
  })
})
