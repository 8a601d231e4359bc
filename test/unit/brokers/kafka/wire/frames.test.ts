import { describe, expect, it } from 'vitest'
import { Frames } from '../../../../../src/brokers/kafka/wire/frames.js'

const framed = (text: string): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(Buffer.byteLength(text))
  return Buffer.concat([size, Buffer.from(text)])
}

describe('Frames', () => {
  const texts = ['four', 'a longer frame than that', 'five!', 'x'.repeat(50)]
  const stream = Buffer.concat(texts.map(framed))

  it.each([1, 2, 3, 5, 7, 11, 29, 64, 1000])('are cut alike from chunks of %i bytes', size => {
    const seen: string[] = []
    const frames = new Frames(frame => seen.push(frame.toString()))
    for (let at = 0; at < stream.length; at += size) frames.push(Buffer.from(stream.subarray(at, at + size)))
    expect(seen).toEqual(texts)
  })

  it('gather a frame that spans chunks into a buffer of its own size', () => {
    const sizes: number[] = []
    const frames = new Frames(frame => sizes.push(frame.buffer.byteLength))
    const big = framed('x'.repeat(10_000))
    frames.push(big.subarray(0, 5000))
    frames.push(big.subarray(5000))
    expect(sizes).toEqual([10_000])
  })

  it.each([
    ['tls-alert', [0x15, 3, 3, 0, 2, 2, 40]],
    ['not-kafka', [...Buffer.from('HTTP/1.1 400')]],
    ['not-kafka', [0xff, 0, 0, 0]],
  ])('name what is not Kafka: %s', (code, bytes) => {
    expect(() => new Frames(() => {}).push(Buffer.from(bytes))).toThrow(expect.objectContaining({ code }))
  })
})
