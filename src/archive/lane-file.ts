import { type FileHandle, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Mark } from '../core/event.js'
import type { RunError } from '../errors.js'
import { syncFolder } from '../journal/durable.js'
import { codeOf } from '../journal/system-error.js'
import type { LaneEnd } from './cut-lane.js'
import { isBelow } from './data-files.js'
import { makeFolder, writeAll } from './durable.js'
import { unwritable, writeFailure } from './full-disk.js'
import { dataFile } from './names.js'
import type { Piece, PieceFormat } from './ports.js'
import { unstored } from './unstored.js'

/** A file is ended before it grows past this. Bytes. */
export const SPLIT_BYTES = 256 * 2 ** 20

export type LaneFileOptions = {
  readonly folder: string
  readonly format: PieceFormat
  readonly lane: string
  readonly splitBytes?: number | undefined
}

/** The data files of a lane that is written. Pieces are appended one at a time; a sync may run beside. */
export class LaneFile {
  readonly #of: LaneFileOptions
  #file: string | undefined
  #size = 0
  #next: Mark | undefined
  #open: FileHandle | undefined
  /** A write is under way: the file stays open, and what it writes is for the next sync. */
  #writing = false
  /** Written since the last sync: the open file, files that were ended, and a name that is new. */
  #dirty = false
  #ended: FileHandle[] = []
  #named = false
  /** A failed sync: the system may take what it could not write for written, so nothing after it counts (fsync(2)). */
  #broken: RunError | undefined

  constructor(of: LaneFileOptions, end: LaneEnd | undefined) {
    this.#of = of
    this.#file = end?.file
    this.#size = end?.bytes ?? 0
    this.#next = end?.next
  }

  get next(): Mark | undefined {
    return this.#next
  }

  /** Bytes of the piece that are not in the archive yet. */
  missing(piece: Piece): readonly Buffer[] {
    if (this.#next === undefined || !isBelow(piece.first, this.#next)) return piece.bytes
    return isBelow(this.#next, piece.next) ? unstored(piece.bytes, this.#next, this.#of.format) : []
  }

  /** Writes them. Throws HoldError `archive disk: …` where the disk is full, and the file is as before; RunError `archive-unwritable`. */
  async write(bytes: readonly Buffer[], { first, next }: Piece): Promise<void> {
    this.#writing = true
    try {
      const length = bytes.reduce((sum, each) => sum + each.length, 0)
      const handle = await this.#handleFor(first, length)
      await this.#writeTo(handle, bytes)
      this.#size += length
      this.#next = next
    } finally {
      // Not before: a sync that began meanwhile may have missed it.
      this.#dirty = true
      this.#writing = false
    }
  }

  /** Resolves when all that was written before the call is on disk. A file without writes since the last sync is closed: there may be many lanes. */
  async sync(): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken
    const ended = this.#ended.splice(0)
    const open = this.#open
    if (!this.#dirty && !this.#writing && ended.length === 0) {
      this.#open = undefined
      return open?.close()
    }
    this.#dirty = false
    try {
      await Promise.all([...ended, ...(open === undefined ? [] : [open])].map(handle => handle.datasync()))
      if (this.#named) await this.#syncNames()
    } catch (error) {
      this.#broken = unwritable(this.#path, error)
      throw this.#broken
    } finally {
      await Promise.all(ended.map(handle => handle.close()))
    }
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#ended.splice(0), ...(this.#open === undefined ? [] : [this.#open])].map(each => each.close()),
    )
    this.#open = undefined
  }

  get #path(): string {
    return join(this.#of.folder, this.#file ?? '')
  }

  async #handleFor(first: Mark, bytes: number): Promise<FileHandle> {
    const { splitBytes = SPLIT_BYTES } = this.#of
    if (this.#file === undefined || (this.#size > 0 && this.#size + bytes > splitBytes)) await this.#begin(first)
    this.#open ??= await open(this.#path, 'r+')
    return this.#open
  }

  async #begin(first: Mark): Promise<void> {
    const { format, lane } = this.#of
    const file = `${format.folder(lane)}/${dataFile(first, format.ending)}`
    const path = join(this.#of.folder, file)
    try {
      await makeFolder(dirname(path))
      const begun = await open(path, 'wx', 0o600)
      if (this.#open !== undefined) this.#ended.push(this.#open)
      this.#open = begun
    } catch (error) {
      throw codeOf(error) === 'EEXIST' ? unwritable(path, error) : writeFailure(path, error)
    }
    this.#file = file
    this.#size = 0
    this.#named = true
  }

  /** The file's name in its folder, and that folder's in the archive. */
  async #syncNames(): Promise<void> {
    this.#named = false
    const { folder, format, lane } = this.#of
    await syncFolder(join(folder, format.folder(lane)))
    await syncFolder(folder)
  }

  async #writeTo(handle: FileHandle, bytes: readonly Buffer[]): Promise<void> {
    try {
      await writeAll(handle, bytes, this.#size)
    } catch (error) {
      await this.#cutBack(handle, error)
    }
  }

  async #cutBack(handle: FileHandle, error: unknown): Promise<never> {
    try {
      await handle.truncate(this.#size)
    } catch (second) {
      throw unwritable(this.#path, new AggregateError([error, second], 'write and truncate failed'))
    }
    throw writeFailure(this.#path, error)
  }
}
