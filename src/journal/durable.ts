import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from './system-error.js'

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

/**
 * Makes a folder and those above it, for the owner only. Not `mkdir` with `recursive`: Node 20 asks for ever where the parent is
 * there and the system still says ENOENT, as below /proc.
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path || (await isFolder(dirname(path)))) throw error
    await makeFolders(dirname(path))
    await makeFolders(path)
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}
