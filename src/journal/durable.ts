import { open } from 'node:fs/promises'

/** Writes a new file, readable by its owner only, and syncs it. Throws where it exists. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Syncs a folder, so that the names in it survive a power cut (fsync(2): the file's own sync does not cover its entry). */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
