import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { RunError } from '../errors.js'
import { compareFile } from './compare-file.js'
import { type Damage, damageOf } from './damage.js'
import { openArchiveIndex } from './index-search.js'
import { indexParts, readPart } from './index-walk.js'
import type { Manifest } from './manifest.js'
import { INDEX_FILE } from './names.js'

export type IndexFound = {
  readonly rows: bigint
  /** Of a CSV index: the last mark of each lane. */
  readonly last: ReadonlyMap<string, bigint>
  readonly damage: readonly Damage[]
  readonly unfinished: readonly Damage[]
}

/** Reads the index of an archive through. */
export async function verifyIndex(folder: string, manifest: Manifest | undefined): Promise<IndexFound> {
  if (manifest !== undefined) return verifySealed(folder, manifest)
  if (existsSync(join(folder, INDEX_FILE))) return verifyParts(folder)
  return { ...NONE, damage: [{ file: INDEX_FILE, byte: 0, why: 'there is no index' }] }
}

const NONE: IndexFound = { rows: 0n, last: new Map(), damage: [], unfinished: [] }

async function verifySealed(folder: string, { index: sealed, lanes }: Manifest): Promise<IndexFound> {
  const differs = await compareFile(folder, sealed)
  if (differs !== undefined) return { ...NONE, damage: [differs] }
  await using index = await openArchiveIndex({ folder })
  const damage: Damage[] = []
  let rows = 0n
  for (const { lane, messages } of lanes) {
    const found = await index.count({ lane })
    rows += found
    if (found < BigInt(messages))
      damage.push({
        file: sealed.file,
        byte: 0,
        why: `it has ${found} messages of lane ${lane}, and ${messages} were let go`,
      })
  }
  return { ...NONE, rows, damage }
}

async function verifyParts(folder: string): Promise<IndexFound> {
  const last = new Map<string, bigint>()
  const unfinished: Damage[] = []
  const damage: Damage[] = []
  let rows = 0n
  const handle = await open(join(folder, INDEX_FILE), 'r')
  try {
    for await (const part of indexParts(handle)) {
      if ('torn' in part) {
        unfinished.push({ file: INDEX_FILE, byte: part.end, why: 'a part is cut short' })
        break
      }
      await readPart(handle, part)
      rows += BigInt(part.rows)
      for (const { lane, last: mark } of part.lanes) if (mark > (last.get(lane) ?? -1n)) last.set(lane, mark)
    }
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'archive-damaged') throw error
    damage.push(damageOf(error))
  } finally {
    await handle.close()
  }
  return { rows, last, damage, unfinished }
}
