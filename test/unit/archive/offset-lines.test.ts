import { describe, expect, it } from 'vitest'
import { IndexRows } from '../../../src/archive/index-rows.js'
import { OffsetLines } from '../../../src/archive/offset-lines.js'

const KEYS = [
  null,
  Buffer.alloc(0),
  Buffer.from('plain'),
  Buffer.from('a, "b"\nc'),
  Buffer.from('Größe'),
  Buffer.of(0xff, 0),
  Buffer.alloc(40_000, 'long '),
]
const TIMES = [1_700_000_000_123, 1_700_000_000_123, -1, 0, 1_700_000_000_124, 1.76e18, 5]

/** A message whose key stands amid other bytes. */
const given = KEYS.map((key, at) => ({
  data: Buffer.concat([Buffer.from('..'), key ?? Buffer.alloc(0), Buffer.from('..')]),
  key,
  offset: at * 1_000_000_007,
  timestamp: TIMES[at] ?? -1,
  size: at * 99,
  digest: (at * 0x9e3779b1) >>> 0,
}))

describe('lines made of the bytes of messages', () => {
  it('are those of the rows of the same messages', () => {
    const rows = new IndexRows(100)
    const lines = new OffsetLines('orders/3/', '3')
    for (const { data, key, offset, ...rest } of given) {
      rows.add(Buffer.from('3'), { id: `orders/3/${offset}`, key, mark: String(offset), ...rest })
      lines.add(data, { offset, keyStart: 2, keyLength: key?.length ?? -1, ...rest })
    }
    const made = lines.lines()
    expect(made.csv.toString()).toBe(rows.take().toString())
    expect(made).toMatchObject({ rows: KEYS.length, first: '0', last: String((KEYS.length - 1) * 1_000_000_007) })
  })

  it('begin anew', () => {
    const lines = new OffsetLines('orders/3/', '3')
    const row = { keyStart: 0, keyLength: -1, timestamp: 7, size: 1, digest: 1 }
    lines.add(Buffer.alloc(0), { offset: 1, ...row })
    lines.clear()
    lines.add(Buffer.alloc(0), { offset: 2, ...row })
    expect(lines.lines()).toMatchObject({ rows: 1, first: '2', last: '2' })
    expect(lines.lines().csv.toString()).toBe('orders/3/2,,,7,3,2,1,00000001\n')
  })
})
