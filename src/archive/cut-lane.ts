import { open, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mark } from '../core/event.js'
import { RunError } from '../errors.js'
import { syncFolder } from '../journal/durable.js'
import { type DataFile, dataFiles } from './data-files.js'
import type { PieceFormat } from './ports.js'
import { readAt } from './read-at.js'
import { walk } from './walk.js'

export type CutLane = {
  readonly folder: string
  readonly format: PieceFormat
  readonly lane: string
  /** What lies from here on was not let go. Undefined: nobody knows, all that is whole stays. */
  readonly settled: Mark | undefined
  /** The last mark that the synced index has of it. */
  readonly indexed: bigint | undefined
}

/** Where a lane's data end: its last file, the bytes of it, and the mark behind. */
export type LaneEnd = { readonly file: string; readonly bytes: number; readonly next: Mark }

/**
 * Cuts off what an earlier execution wrote of a lane and did not settle, and a last piece that is not whole. Undefined where nothing is left. Throws
 * RunError `archive-damaged` where that would take what is settled.
 */
export async function cutLane(cut: CutLane): Promise<LaneEnd | undefined> {
  const { folder, format, lane, settled } = cut
  const files = [...(await dataFiles(folder, format, lane))]
  for (let last = files.pop(); last !== undefined; last = files.pop()) {
    const end = settled !== undefined && last.first >= BigInt(settled) ? undefined : await cutFile(cut, last)
    if (end !== undefined) return end
    await rm(join(folder, last.file))
    await syncFolder(join(folder, format.folder(lane)))
  }
  return undefined
}

async function cutFile(cut: CutLane, { file, first }: DataFile): Promise<LaneEnd | undefined> {
  const { format, folder, settled } = cut
  const handle = await open(join(folder, file), 'r')
  let end: LaneEnd | undefined
  try {
    for await (const { position, bytes } of walk({ format, handle, file })) {
      if (settled !== undefined && BigInt(format.first(bytes)) >= BigInt(settled)) break
      end = { file, bytes: position + bytes.length, next: format.next(bytes) }
    }
  } catch (error) {
    if (!isDamage(error)) throw error
    const head = await readAt(handle, end?.bytes ?? 0, format.headBytes)
    if (isLoss(cut, { behind: BigInt(end?.next ?? first), head })) throw lost(error)
  } finally {
    await handle.close()
  }
  if (end !== undefined) await truncate(join(folder, file), end.bytes)
  return end
}

const isDamage = (error: unknown): error is RunError => error instanceof RunError && error.code === 'archive-damaged'

/**
 * What the synced index has was synced before it, and what is settled after it: that such a piece is not whole is no accident of a kill. `behind` is the mark
 * behind the last whole piece, `head` what is there of the next one's head.
 */
function isLoss({ indexed = -1n, settled, format }: CutLane, found: { behind: bigint; head: Buffer }): boolean {
  if (settled === undefined) return indexed >= found.behind
  if (indexed < BigInt(settled) && indexed >= found.behind) return true
  return isHead(format, found.head) && BigInt(format.first(found.head)) < BigInt(settled)
}

function isHead(format: PieceFormat, bytes: Buffer): boolean {
  try {
    return bytes.length >= format.headBytes && format.length(bytes, 0) !== undefined
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

const lost = (error: RunError): RunError =>
  new RunError(`${error.message}; messages from there on were let go`, {
    code: error.code,
    hint: 'Put the file back as it was (a copy, a snapshot), then resume. `spillway archive verify RUN` names all that is damaged.',
    details: error.details,
    cause: error,
  })
