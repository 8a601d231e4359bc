import type { FileHandle } from 'node:fs/promises'
import { damaged } from './full-disk.js'
import { checkFrame, FRAME_HEAD_BYTES, type FrameHead, frameHead, type LaneRows, lanesOf } from './index-frame.js'
import { INDEX_FILE } from './names.js'
import { readAt } from './read-at.js'

/** A part of the index: where it begins, how long it is, what it holds of each lane. */
export type IndexPart = {
  readonly position: number
  readonly bytes: number
  readonly rows: number
  readonly lanes: readonly LaneRows[]
}

/** An index that ends in the middle of a part, as one does that was killed while it was written; whole up to `end`. */
export type Torn = { readonly torn: true; readonly end: number }

/** The parts of an index by their heads, nothing unpacked; last, where it is cut short, a `Torn`. Throws RunError `archive-damaged`. */
export async function* indexParts(handle: FileHandle): AsyncGenerator<IndexPart | Torn> {
  const { size } = await handle.stat()
  for (let at = 0; at < size; ) {
    const head = await headAt(handle, at, size)
    const bytes = head === undefined ? 0 : head.head + head.data
    if (head === undefined || at + bytes > size || !(await isSound(handle, at, { head, last: at + bytes === size }))) {
      yield { torn: true, end: at }
      return
    }
    yield { position: at, bytes, rows: head.rows, lanes: lanesOf(await readAt(handle, at, head.head)) }
    at += bytes
  }
}

/** A part with its zstd frame, looked at. Throws RunError `archive-damaged`. */
export async function readPart(
  handle: FileHandle,
  { position, bytes }: IndexPart,
): Promise<{ whole: Buffer; zstd: Buffer }> {
  const whole = await readAt(handle, position, bytes)
  const zstd = whole.subarray(8 + whole.readUInt32LE(4))
  try {
    checkFrame(whole.subarray(0, whole.length - zstd.length), zstd)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw damaged(INDEX_FILE, position, error.message)
  }
  return { whole, zstd }
}

async function headAt(handle: FileHandle, at: number, size: number): Promise<FrameHead | undefined> {
  const bytes = await readAt(handle, at, FRAME_HEAD_BYTES)
  try {
    return frameHead(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // What a file system shows of a tail that never reached the disk.
    if (await isZero(handle, at, size)) return undefined
    throw damaged(INDEX_FILE, at, error.message)
  }
}

/** The last part may have reached the disk in parts; all before it were synced. */
async function isSound(
  handle: FileHandle,
  at: number,
  { head, last }: { head: FrameHead; last: boolean },
): Promise<boolean> {
  if (!last) return true
  const part = await readAt(handle, at, head.head + head.data)
  try {
    checkFrame(part.subarray(0, head.head), part.subarray(head.head))
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

async function isZero(handle: FileHandle, from: number, size: number): Promise<boolean> {
  const step = 1 << 20
  for (let at = from; at < size; at += step) if ((await readAt(handle, at, step)).some(byte => byte !== 0)) return false
  return true
}
