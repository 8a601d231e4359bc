import { copyFile, type FileHandle, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../journal/durable.js'
import { csvRecords } from './csv-records.js'
import type { LaneRows } from './index-frame.js'
import { partOf } from './index-text.js'
import { type IndexPart, indexParts, readPart } from './index-walk.js'
import { INDEX_FILE } from './names.js'
import { decompress } from './zstd.js'

/** Per lane: the mark from which on its rows go. */
export type Cuts = ReadonlyMap<string, bigint>

const touches = (part: IndexPart, cuts: Cuts): boolean =>
  part.lanes.some(({ lane, last }) => last >= (cuts.get(lane) ?? last + 1n))

/**
 * Takes rows out of an index: of each lane named, those from a mark on. Writes beside it and renames, so that a kill leaves either all of them or none;
 * does nothing where there are none.
 */
export async function cutIndex(folder: string, cuts: Cuts): Promise<void> {
  const old = await open(join(folder, INDEX_FILE), 'r')
  try {
    const parts: IndexPart[] = []
    for await (const part of indexParts(old))
      if ('rows' in part && (parts.length > 0 || touches(part, cuts))) parts.push(part)
    if (parts.length > 0) await rewrite(folder, { old, parts, cuts })
  } finally {
    await old.close()
  }
}

type Rewrite = { readonly old: FileHandle; readonly parts: readonly IndexPart[]; readonly cuts: Cuts }

async function rewrite(folder: string, { old, parts, cuts }: Rewrite): Promise<void> {
  const path = join(folder, `.${INDEX_FILE}`)
  await copyFile(join(folder, INDEX_FILE), path)
  const draft = await open(path, 'r+')
  try {
    let at = parts[0]?.position ?? 0
    await draft.truncate(at)
    for (const part of parts) {
      const kept = await filtered(old, part, cuts)
      if (kept !== undefined) at += (await draft.write(kept, 0, kept.length, at)).bytesWritten
    }
    await draft.sync()
  } finally {
    await draft.close()
  }
  await rename(path, join(folder, INDEX_FILE))
  await syncFolder(folder)
}

/** The part without the rows that go; undefined where none is left. */
async function filtered(old: FileHandle, part: IndexPart, cuts: Cuts): Promise<Buffer | undefined> {
  const { whole, zstd } = await readPart(old, part)
  if (!touches(part, cuts)) return whole
  let text = ''
  const rows = new Map<string, LaneRows>()
  for (const { text: line, fields } of csvRecords(decompress(zstd).toString())) {
    const lane = fields[4] ?? ''
    const mark = BigInt(fields[5] ?? 0)
    if (mark >= (cuts.get(lane) ?? mark + 1n)) continue
    text += line
    const { first = mark, rows: count = 0 } = rows.get(lane) ?? {}
    rows.set(lane, { lane, first, last: mark, rows: count + 1 })
  }
  return rows.size === 0 ? undefined : partOf(Buffer.from(text), [...rows.values()])
}
