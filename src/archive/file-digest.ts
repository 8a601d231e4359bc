import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { crc32c } from '@node-rs/crc32'
import { readAt } from './read-at.js'

/** There is a CRC-32C for each so many bytes of a file, so that damage is found to the place. */
export const BLOCK_BYTES = 2 ** 20

/** What vouches for a file. `blocks`: CRC-32C of each MiB, 8 hex digits each, one after the other. */
export type FileDigest = { readonly bytes: number; readonly sha256: string; readonly blocks: string }

/** Reads a file through, a block at a time. Throws Error ENOENT where it is not there. */
export async function digestFile(path: string): Promise<FileDigest> {
  const hash = createHash('sha256')
  const handle = await open(path, 'r')
  let blocks = ''
  let bytes = 0
  try {
    for (;;) {
      const block = await readAt(handle, bytes, BLOCK_BYTES)
      if (block.length === 0) break
      hash.update(block)
      blocks += crc32c(block).toString(16).padStart(8, '0')
      bytes += block.length
    }
  } finally {
    await handle.close()
  }
  return { bytes, sha256: hash.digest('hex'), blocks }
}

/** First byte of the first block that differs; undefined where none does, as far as both go. */
export function differsFrom(found: FileDigest, wanted: FileDigest): number | undefined {
  const whole = Math.floor(Math.min(found.bytes, wanted.bytes) / BLOCK_BYTES)
  const blocks = found.bytes === wanted.bytes ? Math.ceil(found.bytes / BLOCK_BYTES) : whole
  for (let block = 0; block < blocks; block++)
    if (found.blocks.slice(8 * block, 8 * block + 8) !== wanted.blocks.slice(8 * block, 8 * block + 8))
      return block * BLOCK_BYTES
  return undefined
}
