import { join } from 'node:path'
import { codeOf } from '../journal/system-error.js'
import type { Damage } from './damage.js'
import { BLOCK_BYTES, differsFrom, digestFile, type FileDigest } from './file-digest.js'
import type { SealedFile } from './manifest.js'

/** How a file differs from what the manifest says; undefined where it does not. */
export async function compareFile(folder: string, { file, ...sealed }: SealedFile): Promise<Damage | undefined> {
  const found = await digestOf(join(folder, file))
  if (found === undefined) return { file, byte: 0, why: 'it is gone' }
  if (found.sha256 === sealed.sha256) return undefined
  const at = differsFrom(found, sealed)
  if (at !== undefined) return { file, byte: at, why: `the ${BLOCK_BYTES >> 10} KiB from here on were altered` }
  if (found.bytes < sealed.bytes) return { file, byte: found.bytes, why: `it ends here, and had ${sealed.bytes} bytes` }
  if (found.bytes > sealed.bytes)
    return { file, byte: sealed.bytes, why: `it ended here, and has ${found.bytes} bytes` }
  return { file, byte: 0, why: 'it does not match its SHA-256' }
}

async function digestOf(path: string): Promise<FileDigest | undefined> {
  try {
    return await digestFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
