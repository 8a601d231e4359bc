import { crc32c } from '@node-rs/crc32'

/** A record batch v2 of null keys and short values, transactional when a producer is given; written by hand, not by our code. */
export function oneBatch(
  values: readonly string[],
  producer?: { readonly producerId: bigint; readonly epoch: number; readonly sequence: number },
): Buffer {
  const records = values.flatMap((value, delta) => {
    const body = Buffer.concat([
      Buffer.from([0, 0, delta * 2, 1, value.length * 2]),
      Buffer.from(value),
      Buffer.from([0]),
    ])
    return [Buffer.from([body.length * 2]), body]
  })
  const batch = Buffer.concat([Buffer.alloc(61), ...records])
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt32BE(-1, 12)
  batch[16] = 2
  batch[22] = producer === undefined ? 0 : 0x10
  batch.writeInt32BE(values.length - 1, 23)
  batch.writeBigInt64BE(BigInt(Date.now()), 27)
  batch.writeBigInt64BE(BigInt(Date.now()), 35)
  batch.writeBigInt64BE(producer?.producerId ?? -1n, 43)
  batch.writeInt16BE(producer?.epoch ?? -1, 51)
  batch.writeInt32BE(producer?.sequence ?? -1, 53)
  batch.writeInt32BE(values.length, 57)
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
  return batch
}
