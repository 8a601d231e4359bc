import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MANIFEST_FILE } from '../../archive/names.js'
import { isRecord } from '../../core/revive.js'

type Sealed = { readonly file: string; readonly bytes: number }

/** Data files of a sealed archive that are not as long as they were, in words with the byte; none where it is not sealed. */
export async function otherThanSealed(folder: string): Promise<{ readonly file: string; readonly message: string }[]> {
  const found = []
  for (const { file, bytes } of await sealedFiles(folder)) {
    const size = await sizeOf(join(folder, file))
    if (size === undefined) found.push({ file, message: `${file} of the archive is gone` })
    else if (size !== bytes)
      found.push({
        file,
        message: `${file} of the archive differs from byte ${Math.min(size, bytes)} on: it has ${size} bytes, not ${bytes}`,
      })
  }
  return found
}

async function sealedFiles(folder: string): Promise<readonly Sealed[]> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch(unlessAbsent)
  if (text === undefined) return []
  const manifest: unknown = JSON.parse(text)
  return isRecord(manifest) && Array.isArray(manifest.files) ? (manifest.files as readonly Sealed[]) : []
}

const sizeOf = async (path: string): Promise<number | undefined> => (await stat(path).catch(unlessAbsent))?.size

const unlessAbsent = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error
}
