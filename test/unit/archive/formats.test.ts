import { describe, expect, it } from 'vitest'
import { csvRecords } from '../../../src/archive/csv-records.js'
import { IndexRows } from '../../../src/archive/index-rows.js'
import type { IndexRow } from '../../../src/archive/ports.js'
import { decompress } from '../../../src/archive/zstd.js'
import { kafkaFormat } from '../../../src/brokers/kafka/archive/format.js'
import { decodeRecords, encodePiece, rabbitmqFormat } from '../../../src/brokers/rabbitmq/archive/format.js'
import { type QueueRecord, recordDigest } from '../../../src/brokers/rabbitmq/archive/record.js'
import { pieceOf, range, record } from './queue.js'
import { batch } from './topic.js'

describe('a piece of a queue', () => {
  const format = rabbitmqFormat('orders')

  it('gives back each record as it came', async () => {
    const empty = { ...record(1), exchange: Buffer.alloc(0), body: [] }
    const longest = { ...record(2), routingKey: Buffer.alloc(255, 'k'), body: [Buffer.alloc(300_000, 7)] }
    const piece = await encodePiece(5, [record(0), empty, longest], [])
    const bytes = Buffer.concat(piece.bytes)
    const whole = (each: QueueRecord) => ({ ...each, body: [Buffer.concat(each.body)] })
    expect(decodeRecords(bytes)).toEqual([record(0), empty, longest].map(whole))
    expect([piece.first, piece.next, format.first(bytes), format.next(bytes)]).toEqual(['5', '8', '5', '8'])
  })

  it('tells its length by its head, and that a head is cut short', async () => {
    const bytes = Buffer.concat((await pieceOf(0, 3)).bytes)
    expect(format.length(bytes.subarray(0, format.headBytes), 0)).toBe(bytes.length)
    expect(format.length(bytes.subarray(0, format.headBytes - 1), 0)).toBeUndefined()
    expect(() => format.length(Buffer.alloc(100), 0)).toThrow(TypeError)
  })

  it('does not vouch for a single other byte', async () => {
    const bytes = Buffer.concat((await pieceOf(0, 3)).bytes)
    expect(() => format.check(bytes)).not.toThrow()
    for (const at of range(8, bytes.length)) {
      const altered = Buffer.from(bytes)
      altered[at] = (altered[at] as number) ^ 1
      expect(() => format.check(altered), `byte ${at}`).toThrow(TypeError)
    }
  })

  it('has one digest for a body in one frame or in more', () => {
    const { body, ...rest } = record(1)
    expect(recordDigest({ ...rest, body: [Buffer.concat(body)] })).toBe(recordDigest({ ...rest, body }))
  })

  it('is plain records to whatever unpacks zstd', async () => {
    const bytes = Buffer.concat([...(await pieceOf(0, 3)).bytes, ...(await pieceOf(3, 5)).bytes])
    expect(
      decompress(bytes)
        .toString('latin1')
        .match(/body \d/g),
    ).toEqual(range(0, 5).map(n => `body ${n}`))
  })
})

describe('a batch of a topic', () => {
  const format = kafkaFormat('or-ders')

  it('is told by its header', () => {
    const bytes = batch(1_234_567, 10)
    expect(format.length(bytes.subarray(0, 61), 0)).toBe(161)
    expect(format.length(bytes.subarray(0, 60), 0)).toBeUndefined()
    expect([format.first(bytes), format.next(bytes)]).toEqual(['1234567', '1234577'])
    expect(() => format.length(Buffer.alloc(100), 0)).toThrow(TypeError)
  })

  it('is vouched for by its checksum', () => {
    const bytes = batch(0, 10)
    expect(() => format.check(bytes)).not.toThrow()
    bytes[70] = 1 + (bytes[70] as number)
    expect(() => format.check(bytes)).toThrow('does not match its checksum')
  })

  it('lies in a folder that Kafka would name so', () => {
    expect(format.folder('3')).toBe('or-ders-3')
    expect(['or-ders-3', 'or-ders', 'or-ders-x', 'ders-3', 'or-ders-3-4'].map(format.laneOf)).toEqual([
      '3',
      ...Array(4),
    ])
  })
})

describe('a row of the index', () => {
  const row: IndexRow = { id: 'a', key: null, timestamp: -1, mark: '7', size: 1, digest: 0xabcd }
  const textOf = (given: Partial<IndexRow>): string => {
    const rows = new IndexRows(100)
    rows.add(Buffer.from('0'), { ...row, ...given })
    return rows.take().toString()
  }

  it.each([
    [{}, 'a,,,,0,7,1,0000abcd\n'],
    [{ key: Buffer.alloc(0) }, 'a,"",,,0,7,1,0000abcd\n'],
    [{ key: Buffer.from('k 1') }, 'a,k 1,,,0,7,1,0000abcd\n'],
    [{ key: Buffer.from('Köln') }, 'a,Köln,,,0,7,1,0000abcd\n'],
    [{ key: Buffer.from('1,"2"\n') }, 'a,"1,""2""\n",,,0,7,1,0000abcd\n'],
    [{ key: Buffer.of(0xff) }, 'a,,/w==,,0,7,1,0000abcd\n'],
    [{ id: '' }, '"",,,,0,7,1,0000abcd\n'],
    [{ id: 'ä,b' }, '"ä,b",,,,0,7,1,0000abcd\n'],
    [{ timestamp: 0 }, 'a,,,0,0,7,1,0000abcd\n'],
    [{ timestamp: 1_760_000_000_000 }, 'a,,,1760000000000,0,7,1,0000abcd\n'],
    [{ timestamp: Number.MAX_SAFE_INTEGER }, 'a,,,9007199254740991,0,7,1,0000abcd\n'],
    [{ timestamp: 3_000_000_007, size: 2_147_483_648 }, 'a,,,3000000007,0,7,2147483648,0000abcd\n'],
    [{ timestamp: 1.7636e18 }, 'a,,,1763600000000000000,0,7,1,0000abcd\n'],
    [{ digest: -1 }, 'a,,,,0,7,1,ffffffff\n'],
    [{ digest: 0xfedcba98 }, 'a,,,,0,7,1,fedcba98\n'],
    [{ mark: '9223372036854775807' }, 'a,,,,0,9223372036854775807,1,0000abcd\n'],
  ] as const)('of %o is %j', (given, text) => {
    expect(textOf(given)).toBe(text)
    expect([...csvRecords(text)].map(({ fields }) => fields.length)).toEqual([8])
  })

  it('has as much of a long key as a reader takes in one line', () => {
    expect(textOf({ key: Buffer.alloc(100_000, '"') }).length).toBeLessThan(70_000)
    expect(textOf({ key: Buffer.alloc(100_000, 'k') })).toContain(`a,${'k'.repeat(32_768)},,`)
  })

  it('is there for every number of digits', () => {
    for (const size of range(0, 16).map(power => 10 ** power)) {
      expect(textOf({ size })).toBe(`a,,,,0,7,${size},0000abcd\n`)
      expect(textOf({ size: size - 1 })).toBe(`a,,,,0,7,${size - 1},0000abcd\n`)
    }
  })
})
