import type { FileHandle } from 'node:fs/promises'
import { damaged } from './full-disk.js'
import type { PieceFormat, StoredPiece } from './ports.js'

/** Bytes read at once; a larger piece is read whole. */
const READ_BYTES = 4 * 2 ** 20

export type Walk = {
  readonly format: PieceFormat
  readonly handle: FileHandle
  /** Path within the archive, for messages. */
  readonly file: string
  /** Where to begin: the first byte of a piece. Default the first of the file. */
  readonly position?: number
}

/**
 * The pieces of a data file in order, each looked at by its format. Their bytes are never used again. Throws RunError `archive-damaged` at the first
 * that is cut short, altered, or none.
 */
export async function* walk({ format, handle, file, position = 0 }: Walk): AsyncGenerator<StoredPiece> {
  let at = position
  for (let wanted = READ_BYTES; ; ) {
    const bytes = await readAt(handle, at, wanted)
    if (bytes.length === 0) return
    let done = 0
    for (const piece of pieces(bytes, { format, file, position: at })) {
      done += piece.bytes.length
      yield piece
    }
    at += done
    // A piece that is longer than what was read; the end of the file, where there was no more to read.
    const needed = done > 0 ? READ_BYTES : lengthAt(bytes, 0, { format, file, position: at })
    if (needed === undefined || (done === 0 && bytes.length < wanted))
      throw damaged(file, at, `a piece is cut short after ${bytes.length} bytes`)
    wanted = Math.max(READ_BYTES, needed)
  }
}

type Place = { readonly format: PieceFormat; readonly file: string; readonly position: number }

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

function lengthAt(bytes: Buffer, at: number, { format, file, position }: Place): number | undefined {
  try {
    return format.length(bytes, at)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw damaged(file, position + at, error.message)
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

/** Up to so many bytes of a file from a place; fewer at its end. A fresh buffer. */
export async function readAt(handle: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes)
  let done = 0
  while (done < bytes) {
    const { bytesRead } = await handle.read(buffer, done, bytes - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.subarray(0, done)
}
