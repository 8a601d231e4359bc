import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readManifest } from '../../archive/manifest.js'

/** A file of an archive that is not as it was, in words with the byte. */
export type Other = { readonly file: string; readonly message: string }

/** Data files of a sealed archive that are not as long as they were; none where it is not sealed. Throws RunError `archive-damaged` where its manifest is. */
export async function otherThanSealed(folder: string): Promise<readonly Other[]> {
  const manifest = await readManifest(folder)
  const found: Other[] = []
  for (const { file, bytes } of manifest?.files ?? []) {
    const size = await sizeOf(join(folder, file))
    if (size === undefined) found.push({ file, message: `${file} of the archive is gone` })
    else if (size !== bytes) {
      const at = Math.min(size, bytes)
      found.push({
        file,
        message: `${file} of the archive differs from byte ${at} on: it has ${size} bytes, not ${bytes}`,
      })
    }
  }
  return found
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
