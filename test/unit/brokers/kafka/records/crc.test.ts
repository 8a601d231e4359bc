import { crc32c } from '@node-rs/crc32'
import { describe, expect, it } from 'vitest'
import { checkCrcs } from '../../../../../src/brokers/kafka/records/crc.js'
import { appendBytes, appendCrc } from '../../../../../src/brokers/kafka/records/crc-combine.js'

const bytes = (length: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, i) => ((i + 1) * 2654435761 + seed * 40503) >>> 13))

/** Batches as far as their checksum goes: length field, checksum, and whatever it covers. */
function setOf(sizes: readonly number[]) {
  const starts: number[] = []
  const batches = sizes.map((size, i) => {
    const batch = bytes(size, i)
    batch.writeInt32BE(size - 12, 8)
    batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
    starts.push(sizes.slice(0, i).reduce((sum, each) => sum + each, 0))
    return batch
  })
  return { set: Buffer.concat(batches), starts }
}

function checkAll(set: Buffer, starts: readonly number[]): number {
  let calls = 0
  for (let index = 0; index < starts.length; calls++) index = checkCrcs(set, { starts, index, partition: 3 })
  return calls
}

describe('appendCrc and appendBytes', () => {
  it.each([0, 1, 7, 61, 255, 256, 1000, 4096, 70_001])(
    'agree with the sum over both pieces, the second of %d bytes',
    n => {
      const [a, b] = [bytes(333, 1), bytes(n, 2)]
      const whole = crc32c(Buffer.concat([a, b])) | 0
      expect(appendCrc(crc32c(a), crc32c(b), n)).toBe(whole)
      expect(appendBytes(crc32c(a), b, { from: 0, to: n })).toBe(whole)
    },
  )
})

describe('checkCrcs', () => {
  it('takes sound batches of any size, small neighbours in few calls', () => {
    const { set, starts } = setOf(Array.from({ length: 500 }, (_, i) => 61 + ((i * 37) % 1500)))
    expect(checkAll(set, starts)).toBeLessThan(10)
    const mixed = setOf([100, 5000, 61, 62, 200_000, 900, 900])
    checkAll(mixed.set, mixed.starts)
  })

  it('looks at what is named only: what lies between is not of this piece', () => {
    const { set, starts } = setOf([300, 300, 300, 300])
    set.writeUInt8(1 ^ set.readUInt8((starts[1] as number) + 250), (starts[1] as number) + 250)
    expect(
      checkAll(
        set,
        [0, 2, 3].map(i => starts[i] as number),
      ),
    ).toBe(2)
  })

  it.each([0, 1, 57, 199])('names the damaged one of many: %d', damaged => {
    const { set, starts } = setOf(Array.from({ length: 200 }, () => 700))
    const at = (starts[damaged] as number) + 400
    set.writeUInt8(0x10 ^ set.readUInt8(at), at)
    set.writeBigInt64BE(BigInt(damaged), starts[damaged])
    expect(() => checkAll(set, starts)).toThrow(
      expect.objectContaining({
        code: 'corrupt',
        message: `Partition 3: the batch at offset ${damaged} does not match its checksum`,
      }),
    )
  })

  it('sees two batches that changed places', () => {
    const { set, starts } = setOf([700, 700])
    const swapped = Buffer.concat([
      set.subarray(0, 21),
      set.subarray(721),
      set.subarray(700, 721),
      set.subarray(21, 700),
    ])
    expect(() => checkAll(swapped, starts)).toThrow('checksum')
  })
})
