import { existsSync } from 'node:fs'
import { type FileHandle, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../journal/durable.js'
import { codeOf } from '../journal/system-error.js'

/** Makes a folder and those above it, for the owner only, and syncs the names of those that are new. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    // Not `recursive`: Node 20 asks for ever where the parent is there and the system still says ENOENT, as below /proc.
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path || existsSync(dirname(path))) throw error
    await makeFolder(dirname(path))
    await mkdir(path, { mode: 0o700 })
  }
  await syncFolder(dirname(path))
}

/** Writes all of it, from a place on; the system may take it in parts. */
export async function writeAll(handle: FileHandle, bytes: readonly Buffer[], position: number): Promise<void> {
  let left = bytes
  let at = position
  while (left.length > 0) {
    const { bytesWritten } = await handle.writev(left as Buffer[], at)
    at += bytesWritten
    left = behind(left, bytesWritten)
  }
}

function behind(bytes: readonly Buffer[], written: number): readonly Buffer[] {
  let skip = written
  for (const [index, each] of bytes.entries()) {
    if (skip < each.length) return [each.subarray(skip), ...bytes.slice(index + 1)]
    skip -= each.length
  }
  return []
}
