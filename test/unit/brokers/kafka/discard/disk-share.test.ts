import { describe, expect, it } from 'vitest'
import { freesInWords, freesOf } from '../../../../../src/brokers/kafka/discard/disk-share.js'

const MIB = 2n ** 20n
const dirs = (node: number, bytes: bigint) => ({ node, dirs: [], topicBytes: new Map([[0, bytes]]) })
const settings = { 'segment.bytes': String(MIB) }

describe('what DeleteRecords frees', () => {
  it('is whole segments below the cut, on each broker that has a replica', () => {
    const cut = { partition: 0, start: 0, end: 1000, cut: 500 }
    const frees = freesOf([dirs(1, 5n * MIB), dirs(2, 5n * MIB)], [cut], settings)
    expect([...frees]).toEqual([
      [1, 2n * MIB],
      [2, 2n * MIB],
    ])
  })

  it.each([
    ['the cut is the start of the log', { start: 100, end: 1000, cut: 100 }],
    ['there is less than a segment', { start: 0, end: 1000, cut: 190 }],
    ['the log is empty', { start: 5, end: 5, cut: 5 }],
  ])('is nothing where %s', (_, cut) => {
    expect([...freesOf([dirs(1, 5n * MIB)], [{ partition: 0, ...cut }], settings)]).toEqual([[1, 0n]])
  })

  it('is told with where, by when and what stays', () => {
    const words = freesInWords(new Map([[1, 3n * MIB]]), { topic: settings, cluster: {} })
    expect(words).toBe(
      'frees about 3 MiB on broker 1, within 6 min of the end of the run; in each replica the segment that holds the cut and the open one stay, up to 1 MiB each',
    )
  })
})
