import { Decoder, Encoder } from '@toondepauw/node-zstd'
import kafkajs from 'kafkajs'
import lz4 from 'lz4-napi'
import snappy from 'snappy'

const { CompressionTypes } = kafkajs

// Java clients frame snappy blocks as the xerial library does: 16 bytes of header, then a length before each block.
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])

async function unsnappy(buffer) {
  if (!buffer.subarray(0, 8).equals(XERIAL)) return snappy.uncompress(buffer)
  const blocks = []
  for (let at = 16; at < buffer.length; ) {
    const length = buffer.readUInt32BE(at)
    blocks.push(await snappy.uncompress(buffer.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

/** kafkajs codec plug-ins by name; what it carries itself has no `make`. */
export const codecs = {
  none: { type: CompressionTypes.None },
  gzip: { type: CompressionTypes.GZIP },
  snappy: {
    type: CompressionTypes.Snappy,
    make: () => ({ compress: ({ buffer }) => snappy.compress(buffer), decompress: unsnappy }),
  },
  lz4: {
    type: CompressionTypes.LZ4,
    make: () => ({
      compress: async ({ buffer }) => lz4.compressFrameSync(buffer),
      decompress: async buffer => lz4.decompressFrameSync(buffer),
    }),
  },
  zstd: {
    type: CompressionTypes.ZSTD,
    make: () => ({
      compress: ({ buffer }) => new Encoder(3).encode(buffer),
      decompress: buffer => new Decoder().decode(buffer),
    }),
  },
}
