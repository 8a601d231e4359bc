import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c } from '@node-rs/crc32'
import type { Mark } from '../core/event.js'
import { dataFiles } from './data-files.js'
import { syncFolder } from './durable.js'
import { INDEX_FILE, MANIFEST_FILE } from './names.js'
import type { PieceFormat, SealFacts } from './ports.js'

export const MANIFEST_VERSION = 1
/** The manifest has a CRC-32C for each so many bytes of a file, so that damage is found to the place. */
export const BLOCK_BYTES = 2 ** 20

/** A file of a sealed archive. `blocks`: 8 hex digits of CRC-32C for each 1 MiB, one after the other. */
export type SealedFile = {
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  readonly blocks: string
}

/** `manifest.json`. `files` are the data files, in the order of lanes and marks; `index` is the index. */
export type Manifest = SealFacts & {
  readonly version: typeof MANIFEST_VERSION
  readonly files: readonly (SealedFile & { readonly lane: string; readonly first: Mark })[]
  readonly index: SealedFile
}

/** Writes the manifest whole: beside it, synced, renamed. */
export async function writeManifest(folder: string, format: PieceFormat, facts: SealFacts): Promise<void> {
  const files = []
  for (const { lane } of facts.lanes)
    for (const { file, first } of await dataFiles(folder, format, lane))
      files.push({ lane, first: String(first), ...(await sealedFile(folder, file)) })
  const manifest: Manifest = { version: MANIFEST_VERSION, ...facts, files, index: await sealedFile(folder, INDEX_FILE) }
  const draft = join(folder, `.${MANIFEST_FILE}`)
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(manifest, bigintAsText, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, join(folder, MANIFEST_FILE))
  await syncFolder(folder)
}

/** Reads a file through, once. */
export async function sealedFile(folder: string, file: string): Promise<SealedFile> {
  const hash = createHash('sha256')
  let blocks = ''
  let bytes = 0
  for await (const block of createReadStream(join(folder, file), {
    highWaterMark: BLOCK_BYTES,
  }) as AsyncIterable<Buffer>) {
    hash.update(block)
    blocks += crc32c(block).toString(16).padStart(8, '0')
    bytes += block.length
  }
  return { file, bytes, sha256: hash.digest('hex'), blocks }
}

const bigintAsText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)
