import { createRequire } from 'node:module'
import { RunError } from '../errors.js'

type Codec = {
  readonly encoder: { encode(data: Buffer): Promise<Buffer> }
  readonly decoder: { decodeSync(data: Buffer): Buffer }
}

/** As for record batches: half again as fast as level 3, and hardly larger. */
const LEVEL = 1
let codec: Codec | undefined

/** Compresses off the main thread into one zstd frame (RFC 8878), a fresh buffer. Throws RunError `no-codec`. */
export const compress = (data: Buffer): Promise<Buffer> => open().encoder.encode(data)

/** Decompresses zstd frames, one after the other, into a fresh buffer. Throws Error where they are damaged, RunError `no-codec`. */
export const decompress = (data: Buffer): Buffer => open().decoder.decodeSync(data)

function open(): Codec {
  codec ??= load()
  return codec
}

function load(): Codec {
  // Its allocator keeps freed memory for a while; it reads this variable as it is loaded.
  process.env.MIMALLOC_PURGE_DELAY ??= '0'
  try {
    const { Encoder, Decoder } = createRequire(import.meta.url)('@toondepauw/node-zstd')
    return { encoder: new Encoder(LEVEL), decoder: new Decoder() }
  } catch (cause) {
    throw new RunError(
      `The codec package @toondepauw/node-zstd cannot be loaded on ${process.platform} ${process.arch}`,
      {
        code: 'no-codec',
        hint: 'Reinstall with optional packages (npm install --include=optional).',
        cause,
      },
    )
  }
}
