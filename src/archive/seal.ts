import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mark } from '../core/event.js'
import { RunError } from '../errors.js'
import { type DataFile, dataFiles } from './data-files.js'
import { digestFile } from './file-digest.js'
import { isFull } from './full-disk.js'
import { MANIFEST_VERSION, type SealedData, type SealedFile, writeManifest } from './manifest.js'
import { INDEX_FILE, PARQUET_FILE } from './names.js'
import type { PieceFormat, SealFacts } from './ports.js'
import { sealIndex } from './seal-index.js'
import { walk } from './walk.js'

export type Seal = {
  readonly folder: string
  readonly format: PieceFormat
  readonly facts: SealFacts
  /** Position behind the last piece of each lane, where whoever wrote it knows: its last file is not read for that. */
  readonly ends?: ReadonlyMap<string, Mark>
}

/**
 * Ends an archive: the index becomes Parquet, the manifest says what is in the archive, and then the CSV goes. Where the disk is full, or DuckDB has no build for this
 * machine or not enough memory, the CSV stays the index. Throws RunError `archive-unwritable`, `archive-damaged`.
 */
export async function seal(archive: Seal): Promise<void> {
  const { folder, facts } = archive
  // Side by side: DuckDB has a thread of its own.
  const [isParquet, files] = await Promise.all([inParquet(folder, archive.format), sealedLanes(archive)])
  const index = isParquet ? PARQUET_FILE : INDEX_FILE
  const lanes = facts.lanes.map(({ messages, ...lane }) => ({ ...lane, messages: String(messages) }))
  await writeManifest(folder, {
    ...{ version: MANIFEST_VERSION, ...facts, lanes, files },
    index: await sealed(folder, index),
  })
  if (index === PARQUET_FILE) await rm(join(folder, INDEX_FILE), { force: true })
}

async function inParquet(folder: string, { system }: PieceFormat): Promise<boolean> {
  try {
    await sealIndex(folder, system)
    return true
  } catch (error) {
    if (isFull(error) || isOfDuckDb(error)) return false
    throw error
  }
}

/** It has no build for this machine, or gave up for want of room or memory, which it says in words alone. */
const isOfDuckDb = (error: unknown): boolean =>
  error instanceof RunError
    ? error.code === 'no-duckdb'
    : error instanceof Error && /^(Out of Memory|IO) Error/.test(error.message)

const sealed = async (folder: string, file: string): Promise<SealedFile> => ({
  file,
  ...(await digestFile(join(folder, file))),
})

async function sealedLanes(archive: Seal): Promise<SealedData[]> {
  const files: SealedData[] = []
  for (const { lane } of archive.facts.lanes) files.push(...(await sealedLane(archive, lane)))
  return files
}

async function sealedLane({ folder, format, ends }: Seal, lane: string): Promise<SealedData[]> {
  const files = await dataFiles(folder, format, lane)
  const done: SealedData[] = []
  for (const [at, data] of files.entries()) {
    const next = files[at + 1]?.first ?? ends?.get(lane) ?? (await endOf(folder, format, data))
    done.push({ lane, first: String(data.first), next: String(next), ...(await sealed(folder, data.file)) })
  }
  return done
}

/** Position behind the last piece of a file. */
async function endOf(folder: string, format: PieceFormat, { file, first }: DataFile): Promise<Mark> {
  const handle = await open(join(folder, file), 'r')
  let next: Mark = String(first)
  try {
    for await (const { bytes } of walk({ format, handle, file })) next = format.next(bytes)
  } finally {
    await handle.close()
  }
  return next
}
