import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { RunError } from '../errors.js'
import { compareFile } from './compare-file.js'
import type { Damage } from './damage.js'
import { type DataFile, dataFiles, lanesIn } from './data-files.js'
import { codeOf } from './full-disk.js'
import { type Manifest, readManifest } from './manifest.js'
import type { PieceFormat } from './ports.js'
import { verifyIndex } from './verify-index.js'
import { walk } from './walk.js'

/** What an archive holds, and what of it is not as it was written. */
export type Verified = {
  readonly sealed: boolean
  readonly files: number
  readonly bytes: number
  readonly pieces: number
  /** Rows of the index. */
  readonly messages: bigint
  readonly damage: readonly Damage[]
  /** Ends that a kill has left: nothing of it was let go, and `resume` cuts it off. */
  readonly unfinished: readonly Damage[]
}

type Verify = { readonly folder: string; readonly format: PieceFormat; readonly manifest: Manifest | undefined }
type Walked = { readonly pieces: number; readonly bytes: number; readonly next: bigint; readonly damage?: Damage }

/**
 * Reads an archive through: every piece against its checksum, and where it is sealed every file against the manifest. Throws UserError `no-archive`,
 * RunError `archive-version`, `no-duckdb`.
 */
export async function verifyArchive(of: { readonly folder: string; readonly format: PieceFormat }): Promise<Verified> {
  const { manifest, damage } = await manifestOf(of.folder)
  const index = await verifyIndex(of.folder, manifest)
  const sum = { files: 0, bytes: 0, pieces: 0 }
  const found = { damage: [...damage, ...index.damage], unfinished: [...index.unfinished] }
  for (const lane of await lanesIn(of.folder, of.format)) {
    const files = await dataFiles(of.folder, of.format, lane)
    let next = 0n
    for (const [at, file] of files.entries()) {
      const walked = await walkFile({ ...of, manifest }, file, next)
      sum.files++
      sum.bytes += walked.bytes
      sum.pieces += walked.pieces
      next = walked.next
      const torn = manifest === undefined && at === files.length - 1 && (index.last.get(lane) ?? -1n) < next
      if (walked.damage !== undefined) found[torn ? 'unfinished' : 'damage'].push(walked.damage)
    }
  }
  found.damage.push(...(await missing(of.folder, manifest)))
  return { sealed: manifest !== undefined, ...sum, messages: index.rows, ...found }
}

async function manifestOf(folder: string): Promise<{ manifest: Manifest | undefined; damage: readonly Damage[] }> {
  try {
    return { manifest: await readManifest(folder), damage: [] }
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'archive-damaged') throw error
    return { manifest: undefined, damage: [damageOf(error)] }
  }
}

async function walkFile(
  { folder, format, manifest }: Verify,
  { file, first }: DataFile,
  from: bigint,
): Promise<Walked> {
  const handle = await open(join(folder, file), 'r')
  const walked = { pieces: 0, bytes: 0, next: first > from ? first : from }
  let damage: Damage | undefined
  try {
    for await (const { position, bytes } of walk({ format, handle, file })) {
      const begins = BigInt(format.first(bytes))
      if (begins < walked.next)
        damage ??= { file, byte: position, why: `a piece from ${begins} on stands behind ${walked.next}` }
      walked.pieces++
      walked.bytes += bytes.length
      walked.next = BigInt(format.next(bytes))
    }
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'archive-damaged') throw error
    damage ??= damageOf(error)
  } finally {
    await handle.close()
  }
  damage ??= await unlike(folder, file, manifest)
  return damage === undefined ? walked : { ...walked, damage }
}

/** How a file differs from what was sealed. */
async function unlike(folder: string, file: string, manifest: Manifest | undefined): Promise<Damage | undefined> {
  if (manifest === undefined) return undefined
  const sealed = manifest.files.find(each => each.file === file)
  return sealed === undefined ? { file, byte: 0, why: 'the manifest has no such file' } : compareFile(folder, sealed)
}

async function missing(folder: string, manifest: Manifest | undefined): Promise<readonly Damage[]> {
  const gone: Damage[] = []
  for (const { file } of manifest?.files ?? [])
    try {
      await (await open(join(folder, file), 'r')).close()
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error))) throw error
      gone.push({ file, byte: 0, why: 'it is gone' })
    }
  return gone
}

/** `archive-damaged` names file and byte in its one detail. */
function damageOf({ details }: RunError): Damage {
  const [{ at = '', message = '' } = {}] = details
  const colon = at.lastIndexOf(':')
  return { file: at.slice(0, colon), byte: Number(at.slice(colon + 1)), why: message }
}
