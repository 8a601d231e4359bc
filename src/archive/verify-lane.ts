import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { RunError } from '../errors.js'
import { compareFile } from './compare-file.js'
import { type Damage, damageOf } from './damage.js'
import { type DataFile, dataFiles } from './data-files.js'
import type { Manifest } from './manifest.js'
import type { PieceFormat } from './ports.js'
import { walk } from './walk.js'

export type Verify = {
  readonly folder: string
  readonly format: PieceFormat
  readonly manifest: Manifest | undefined
  readonly signal?: AbortSignal | undefined
}
type Walked = {
  readonly pieces: number
  readonly bytes: number
  readonly next: bigint
  readonly damage?: Damage
  /** The damage is where reading ended. */
  readonly broken?: boolean
}

/** What the data files of a lane hold. `unfinished` is an end that was not let go of. */
export type WalkedLane = {
  readonly files: number
  readonly bytes: number
  readonly pieces: number
  readonly damage: readonly Damage[]
  readonly unfinished: readonly Damage[]
}

/** Reads the data files of a lane through. `indexed` is the last mark of the lane in an index that is not sealed: its message was on disk before its row. */
export async function walkLane(of: Verify, lane: string, indexed = -1n): Promise<WalkedLane> {
  const files = await dataFiles(of.folder, of.format, lane)
  const [damage, unfinished]: [Damage[], Damage[]] = [[], []]
  const all: Walked[] = []
  for (const file of files) {
    const before = all.at(-1)
    // Behind a damaged place nobody knows what should follow.
    const from = before?.damage === undefined ? (before?.next ?? 0n) : file.first
    const walked = await walkFile(of, file, from)
    all.push(walked)
    const isLast = of.manifest === undefined && all.length === files.length
    const torn = isLast && walked.broken === true && indexed < walked.next
    if (walked.damage !== undefined) (torn ? unfinished : damage).push(walked.damage)
  }
  const [last, end] = [files.at(-1), all.at(-1)]
  if (last !== undefined && end !== undefined && end.damage === undefined && indexed >= end.next)
    damage.push({ file: last.file, byte: end.bytes, why: `it ends here, and the index has messages up to ${indexed}` })
  const sum = (what: 'bytes' | 'pieces'): number => all.reduce((total, each) => total + each[what], 0)
  return { files: files.length, bytes: sum('bytes'), pieces: sum('pieces'), damage, unfinished }
}

async function walkFile(
  { folder, format, manifest, signal }: Verify,
  { file, first }: DataFile,
  from: bigint,
): Promise<Walked> {
  const handle = await open(join(folder, file), 'r')
  const walked = { pieces: 0, bytes: 0, next: format.system === 'kafka' && first > from ? first : from }
  let damage: Damage | undefined
  try {
    for await (const { position, bytes } of walk({ format, handle, file })) {
      signal?.throwIfAborted()
      const begins = BigInt(format.first(bytes))
      // The numbers of a queue have no gaps, offsets may.
      if (begins < walked.next || (format.system === 'rabbitmq' && begins > walked.next))
        damage ??= { file, byte: position, why: `a piece that begins at ${begins} stands behind ${walked.next}` }
      walked.pieces++
      walked.bytes += bytes.length
      walked.next = BigInt(format.next(bytes))
    }
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'archive-damaged') throw error
    return { ...walked, damage: damage ?? damageOf(error), broken: damage === undefined }
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
