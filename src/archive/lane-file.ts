import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Mark } from '../core/event.js'
import type { RunError } from '../errors.js'
import type { LaneEnd } from './cut-lane.js'
import { isBelow } from './data-files.js'
import { syncFolder, writeAll } from './durable.js'
import { codeOf, unwritable, writeFailure } from './full-disk.js'
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
    const length = bytes.reduce((sum, each) => sum + each.length, 0)
    const handle = await this.#handleFor(first, length)
    this.#dirty = true
    try {
      await writeAll(handle, bytes, this.#size)
    } catch (error) {
      await this.#cutBack(handle, error)
    }
    this.#size += length
    this.#next = next
  }

  /** Resolves when all that was written before the call is on disk. A file without writes since the last sync is closed: there may be many lanes. */
  async sync(): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken
    const ended = this.#ended.splice(0)
    const open = this.#open
    if (!this.#dirty && ended.length === 0) {
      this.#open = undefined
      return open?.close()
    }
    this.#dirty = false
    try {
      await Promise.all([...ended, ...(open === undefined ? [] : [open])].map(handle => handle.datasync()))
      if (this.#named) await syncFolder(join(this.#of.folder, this.#of.format.folder(this.#of.lane)))
      this.#named = false
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
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
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

  async #cutBack(handle: FileHandle, error: unknown): Promise<never> {
    try {
      await handle.truncate(this.#size)
    } catch (second) {
      throw unwritable(this.#path, new AggregateError([error, second], 'write and truncate failed'))
    }
    throw writeFailure(this.#path, error)
  }
}
