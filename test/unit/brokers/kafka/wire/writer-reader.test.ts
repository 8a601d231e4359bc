import { describe, expect, it } from 'vitest'
import { Reader } from '../../../../../src/brokers/kafka/wire/reader.js'
import { Writer } from '../../../../../src/brokers/kafka/wire/writer.js'

describe('Writer and Reader', () => {
  it('read back what was written, past the first buffer', () => {
    const long = 'ü'.repeat(300)
    const bytes = new Writer(4)
      .i8(-3)
      .i16(-2)
      .i32(-1)
      .i64(2n ** 60n)
      .i64(7)
      .bool(true)
      .str(long)
      .str(null)
      .done()
    const r = new Reader(bytes)
    expect([r.i8(), r.i16(), r.i32(), r.i64(), r.number64(), r.bool()]).toEqual([-3, -2, -1, 2n ** 60n, 7, true])
    expect([r.str(), r.nullableStr(), r.remaining]).toEqual([long, null, 0])
  })

  it('keep the compact forms of KIP-482', () => {
    const id = 'AQIDBAUGBwgJCgsMDQ4PEA'
    const write = (items: string[] | null) => new Writer().carray(items, (item, w) => w.cstr(item).tags())
    const r = new Reader(write(['a', '']).cstr(null).uvarint(300).uuid(id).tags().done())
    expect(r.carray(r => [r.cstr(), r.tags()][0])).toEqual(['a', ''])
    expect([r.nullableCstr(), r.uvarint(), r.uuid(), r.tags().remaining]).toEqual([null, 300, id, 0])
    expect([...write(null).done()]).toEqual([0])
  })

  it('pass over tags, and read null arrays and the zero id as empty', () => {
    const r = new Reader(Buffer.from([1, 5, 2, 9, 9, 0, 255, 255, 255, 255, ...Buffer.alloc(16)]))
    expect([r.tags().carray(r => r.i8()), r.array(r => r.i8()), r.uuid()]).toEqual([[], [], ''])
  })

  it('refuse to read past the end', () => {
    expect(() => new Reader(Buffer.from([0, 0, 0, 9])).bytes()).toThrow(RangeError)
    expect(() => new Reader(Buffer.from([0, 5, 65])).str()).toThrow(RangeError)
  })
})
