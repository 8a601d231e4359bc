import type { FileHandle } from 'node:fs/promises'
import { damaged } from './full-disk.js'
import type { PieceFormat, Wants } from './ports.js'
import { readAt } from './read-at.js'

/** Bytes read at once: what lies between two heads that are further apart is never read. */
const HOP_BYTES = 64 << 10

/** A place in a data file; `file` is its path within the archive, for messages. */
export type Place = { readonly format: PieceFormat; readonly file: string; readonly position: number }

type Sought = Place & { readonly handle: FileHandle; readonly wants: Wants }

/**
 * Where the next piece begins that is wanted, by the heads of pieces alone; where there is none, the end of the file. Throws RunError `archive-damaged`
 * at a head that is none, and at a piece that is cut short.
 */
export async function seek({ handle, wants, ...place }: Sought): Promise<number> {
  let { position } = place
  for (;;) {
    const bytes = await readAt(handle, position, HOP_BYTES)
    if (bytes.length === 0) return endAt(handle, { ...place, position })
    const { passed, found } = hop(bytes, { ...place, position }, wants)
    position += passed
    // A head that is cut short is for whoever reads it.
    if (found || passed === 0) return position
  }
}

function hop(bytes: Buffer, place: Place, wants: Wants): { readonly passed: number; readonly found: boolean } {
  let at = 0
  while (at < bytes.length) {
    const length = lengthAt(bytes, at, place)
    if (length === undefined) break
    const head = bytes.subarray(at)
    if (wants(place.format.first(head), place.format.next(head))) return { passed: at, found: true }
    at += length
  }
  return { passed: at, found: false }
}

async function endAt(handle: FileHandle, { file, position }: Place): Promise<number> {
  const { size } = await handle.stat()
  if (position > size) throw damaged(file, size, 'the last piece is cut short')
  return position
}

/** Bytes of the piece that begins at `at` of `bytes`, which were read at the place; undefined where its head is cut short. Throws RunError `archive-damaged`. */
export function lengthAt(bytes: Buffer, at: number, { format, file, position }: Place): number | undefined {
  try {
    return format.length(bytes, at)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw damaged(file, position + at, error.message)
  }
}
