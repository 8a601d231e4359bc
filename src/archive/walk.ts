import type { FileHandle } from 'node:fs/promises'
import { damaged } from './full-disk.js'
import type { PieceFormat, StoredPiece, Wants } from './ports.js'
import { readAt } from './read-at.js'
import { lengthAt, type Place, seek } from './seek.js'

/** Bytes read at once; a larger piece is read whole. */
const READ_BYTES = 4 * 2 ** 20
/** The same where some pieces are picked out of many. */
const PICKED_BYTES = 256 << 10

export type Walk = {
  readonly format: PieceFormat
  readonly handle: FileHandle
  /** Path within the archive, for messages. */
  readonly file: string
  /** Where to begin: the first byte of a piece. Default the first of the file. */
  readonly position?: number
  /** Pieces that it refuses are passed by their heads, and not looked at. */
  readonly wants?: Wants | undefined
}

/**
 * The pieces of a data file in order, each looked at by its format. Their bytes are never used again. Throws RunError `archive-damaged` at the first
 * that is cut short, altered, or none.
 */
export async function* walk(of: Walk): AsyncGenerator<StoredPiece> {
  const { format, position = 0, wants } = of
  if (wants === undefined) return yield* all(of, READ_BYTES)
  for (let at: number | undefined = position; at !== undefined; ) {
    const from: number = await seek({ ...of, wants, position: at })
    at = undefined
    for await (const piece of all({ ...of, position: from }, PICKED_BYTES)) {
      if (!wants(format.first(piece.bytes), format.next(piece.bytes))) {
        at = piece.position
        break
      }
      yield piece
    }
  }
}

async function* all({ format, handle, file, position = 0 }: Walk, readBytes: number): AsyncGenerator<StoredPiece> {
  let at = position
  for (let wanted = readBytes; ; ) {
    const bytes = await readAt(handle, at, wanted)
    if (bytes.length === 0) return
    let done = 0
    for (const piece of pieces(bytes, { format, file, position: at })) {
      done += piece.bytes.length
      yield piece
    }
    at += done
    // A piece that is longer than what was read; the end of the file, where there was no more to read.
    const needed = done > 0 ? readBytes : lengthAt(bytes, 0, { format, file, position: at })
    if (needed === undefined || (done === 0 && bytes.length < wanted))
      throw damaged(file, at, `a piece is cut short after ${bytes.length} bytes`)
    wanted = Math.max(readBytes, needed)
  }
}

function* pieces(bytes: Buffer, place: Place): Generator<StoredPiece> {
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes, at, place)
    if (length === undefined || at + length > bytes.length) return
    const piece = { file: place.file, position: place.position + at, bytes: bytes.subarray(at, at + length) }
    checked(piece, place.format)
    yield piece
    at += length
  }
}

function checked({ file, position, bytes }: StoredPiece, format: PieceFormat): void {
  try {
    format.check(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw damaged(file, position, error.message)
  }
}
