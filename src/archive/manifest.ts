import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mark } from '../core/event.js'
import { RunError } from '../errors.js'
import { syncFolder } from '../journal/durable.js'
import { codeOf } from '../journal/system-error.js'
import type { FileDigest } from './file-digest.js'
import { damaged, unwritable } from './full-disk.js'
import { MANIFEST_FILE } from './names.js'
import type { SealFacts } from './ports.js'

export const MANIFEST_VERSION = 1

/** A file of a sealed archive, by its path from the archive's folder. */
export type SealedFile = FileDigest & { readonly file: string }

/** A data file: marks of its messages are in [first, next). */
export type SealedData = SealedFile & { readonly lane: string; readonly first: Mark; readonly next: Mark }

/** `manifest.json`: what was let go, the data files in the order of lanes and marks, and the index. Counts are decimal. */
export type Manifest = Omit<SealFacts, 'lanes'> & {
  readonly version: typeof MANIFEST_VERSION
  readonly lanes: readonly {
    readonly lane: string
    readonly from: Mark
    readonly to: Mark
    readonly messages: string
  }[]
  readonly files: readonly SealedData[]
  readonly index: SealedFile
}

/** Writes the manifest whole: beside it, synced, renamed. Throws RunError `archive-unwritable`. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const draft = join(folder, `.${MANIFEST_FILE}`)
  try {
    const handle = await open(draft, 'w', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, join(folder, MANIFEST_FILE))
    await syncFolder(folder)
  } catch (error) {
    throw unwritable(join(folder, MANIFEST_FILE), error)
  }
}

/** The manifest of an archive; undefined where it is not sealed. Throws RunError `archive-damaged`, `archive-version`. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readText(join(folder, MANIFEST_FILE))
  if (text === undefined) return undefined
  const manifest = parse(text)
  if (manifest.version !== MANIFEST_VERSION)
    throw new RunError(`The archive in ${folder} was sealed by another version (${String(manifest.version)})`, {
      code: 'archive-version',
      hint: 'Take the Spillway that made it, or a newer one.',
    })
  return manifest as Manifest
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined
    throw error
  }
}

function parse(text: string): Partial<Manifest> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'version' in value) return value as Partial<Manifest>
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const at = /position (\d+)/.exec(error.message)?.[1]
    throw damaged(MANIFEST_FILE, at === undefined ? text.length : Number(at), 'it is no JSON')
  }
  throw damaged(MANIFEST_FILE, 0, 'it is no manifest')
}
