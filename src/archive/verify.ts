import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { RunError } from '../errors.js'
import { codeOf } from '../journal/system-error.js'
import { type Damage, damageOf } from './damage.js'
import { lanesIn } from './data-files.js'
import { type Manifest, readManifest } from './manifest.js'
import type { PieceFormat } from './ports.js'
import { verifyIndex } from './verify-index.js'
import { walkLane } from './verify-lane.js'

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

type Asked = { readonly folder: string; readonly format: PieceFormat; readonly signal?: AbortSignal }

/**
 * Reads an archive through: every piece against its checksum, and where it is sealed every file against the manifest. Throws UserError `no-archive`,
 * RunError `archive-version`, `no-duckdb`, the signal's reason.
 */
export async function verifyArchive(of: Asked): Promise<Verified> {
  const { manifest, damage } = await manifestOf(of.folder)
  const index = await verifyIndex(of.folder, manifest)
  const found = {
    files: 0,
    bytes: 0,
    pieces: 0,
    damage: [...damage, ...index.damage],
    unfinished: [...index.unfinished],
  }
  const lanes = await lanesIn(of.folder, of.format)
  for (const lane of lanes) {
    const walked = await walkLane({ ...of, manifest }, lane, index.last.get(lane))
    for (const what of ['files', 'bytes', 'pieces'] as const) found[what] += walked[what]
    for (const what of ['damage', 'unfinished'] as const) found[what].push(...walked[what])
  }
  for (const lane of index.last.keys())
    if (!lanes.includes(lane)) found.damage.push({ file: of.format.folder(lane), byte: 0, why: 'it is gone' })
  found.damage.push(...(await missing(of.folder, manifest)))
  return { sealed: manifest !== undefined, messages: index.rows, ...found }
}

async function manifestOf(folder: string): Promise<{ manifest: Manifest | undefined; damage: readonly Damage[] }> {
  try {
    return { manifest: await readManifest(folder), damage: [] }
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'archive-damaged') throw error
    return { manifest: undefined, damage: [damageOf(error)] }
  }
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
