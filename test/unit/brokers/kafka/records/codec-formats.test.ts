import { readFileSync } from 'node:fs'
import { crc32, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { CODEC_NAMES, compress, decompress } from '../../../../../src/brokers/kafka/records/codec/codec.js'

/** Records sections of one batch of 60 records, as Kafka's Java producer 4.1.0 compressed them. */
const java: Record<string, string> = JSON.parse(readFileSync(new URL('codec-java.json', import.meta.url), 'utf8'))
const fromJava = (name: string) => Buffer.from(java[name] ?? '', 'base64')

describe('decompress', () => {
  it.each([1, 2, 3, 4])('reads what the Java producer wrote with codec %i', codec => {
    const packed = fromJava(CODEC_NAMES[codec] ?? '')
    expect(decompress(codec, packed, 0, packed.length).equals(fromJava('none'))).toBe(true)
  })

  it('reads snappy without framing, as librdkafka and Go clients may write it', () => {
    const framed = compress(2, Buffer.alloc(5_000, 'spillway'))
    const raw = framed.subarray(20)
    expect(decompress(2, raw, 0, raw.length).toString()).toBe('spillway'.repeat(625))
  })
})

const u32 = (n: number) => Buffer.from(Uint32Array.of(n).buffer)
const lz4 = (flags: number, blocks: readonly Buffer[], extra = Buffer.alloc(0)) =>
  Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18, flags, 0x40]), extra, Buffer.from([0]), ...blocks, u32(0)])
const stored = (data: Buffer) => Buffer.concat([u32(0x80000000 + data.length), data])
const block = (data: Buffer) => Buffer.concat([u32(data.length), data])
const read = (frame: Buffer) => decompress(3, frame, 0, frame.length).toString()

describe('an LZ4 frame', () => {
  it('may hold stored blocks', () => {
    expect(read(lz4(0x60, [stored(Buffer.from('left ')), stored(Buffer.from('right'))]))).toBe('left right')
  })

  it('may hold blocks that depend on earlier ones', () => {
    // Ten bytes from ten bytes back, which is in the block before; then the literal "!".
    const dependent = Buffer.from([0x06, 10, 0, 0x10, 0x21])
    expect(read(lz4(0x40, [stored(Buffer.from('0123456789')), block(dependent)]))).toBe('01234567890123456789!')
  })

  it('may have block checksums, a content size and a content checksum', () => {
    const size = Buffer.from(BigUint64Array.of(4n).buffer)
    const summed = Buffer.concat([stored(Buffer.from('data')), u32(0xdeadbeef)])
    expect(read(Buffer.concat([lz4(0x7c, [summed], size), u32(0xfeedface)]))).toBe('data')
  })

  it('is corrupt when its content is not as long as announced', () => {
    const size = Buffer.from(BigUint64Array.of(5n).buffer)
    expect(() => read(lz4(0x68, [stored(Buffer.from('data'))], size))).toThrow(/announces 5/)
  })

  it.each([
    ['a match before the start', Buffer.from([0x12, 0x61, 9, 0, 0x10, 0x62])],
    ['a distance of zero', Buffer.from([0x12, 0x61, 0, 0, 0x10, 0x62])],
    ['literals beyond its end', Buffer.from([0xf0, 200, 0x61])],
    ['an end inside a match', Buffer.from([0x10, 0x61, 1])],
    ['an endless length', Buffer.alloc(40, 255)],
  ])('is corrupt with %s', (_, bytes) => {
    expect(() => read(lz4(0x60, [block(bytes)]))).toThrow(expect.objectContaining({ code: 'corrupt' }))
  })
})

const MOST = 512 * 1024 * 1024

describe('a decompression bomb', () => {
  const refused = expect.objectContaining({ code: 'corrupt', message: expect.stringContaining('more than 512 MiB') })

  it('is refused from its zstd block headers', () => {
    // Single segment of 600 MiB; run-length blocks of 128 KiB each, four bytes a block.
    const head = Buffer.concat([u32(0xfd2fb528), Buffer.from([0xa0]), u32(600 * 1024 * 1024)])
    const run = Buffer.from([0x02, 0x00, 0x10, 0x61])
    const frame = Buffer.concat([head, ...Array.from({ length: 4_800 }, () => run), Buffer.from([0x03, 0, 0, 0x61])])
    expect(() => decompress(4, frame, 0, frame.length)).toThrow(refused)
  })

  it('is refused from the sizes of its snappy blocks', () => {
    const varint = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x08])
    const packed = Buffer.concat([varint, Buffer.alloc(100)])
    expect(() => decompress(2, packed, 0, packed.length)).toThrow(/announces more than it can hold/)
  })

  it('is stopped while gzip grows', () => {
    const half = deflateRawSync(Buffer.alloc(MOST / 4))
    const member = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]),
      half,
      u32(crc32(Buffer.alloc(MOST / 4))),
      u32(MOST / 4),
    ])
    const packed = Buffer.concat(Array.from({ length: 5 }, () => member))
    expect(() => decompress(1, packed, 0, packed.length)).toThrow(refused)
  })
})
