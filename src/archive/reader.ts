import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mark } from '../core/event.js'
import { UserError } from '../errors.js'
import { type DataFile, dataFiles, isBelow, lanesIn } from './data-files.js'
import type { ArchiveReader, PieceFormat, StoredPiece } from './ports.js'
import { walk } from './walk.js'

export type ReaderOptions = { readonly folder: string; readonly format: PieceFormat }

/** Opens an archive to read. Throws UserError `no-archive` where there is none. */
export async function openArchiveReader({ folder, format }: ReaderOptions): Promise<ArchiveReader> {
  const lanes = await lanesIn(folder, format)
  if (lanes.length === 0)
    throw new UserError(`There is no archive in ${folder}, or nothing is in it`, {
      code: 'no-archive',
      hint: '`spillway archive ls` lists the archives of this home.',
    })
  return new Reader({ folder, format }, lanes)
}

class Reader implements ArchiveReader {
  readonly lanes: readonly string[]
  readonly #of: ReaderOptions
  readonly #open = new Set<FileHandle>()

  constructor(of: ReaderOptions, lanes: readonly string[]) {
    this.#of = of
    this.lanes = lanes
  }

  async *pieces(lane: string, from?: Mark): AsyncGenerator<StoredPiece> {
    const files = await dataFiles(this.#of.folder, this.#of.format, lane)
    const begin = from === undefined ? 0 : firstWith(files, from)
    for (const { file } of files.slice(begin))
      for await (const piece of this.#read(file))
        if (from === undefined || isBelow(from, this.#of.format.next(piece.bytes))) yield piece
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const handle of this.#open) await handle.close()
    this.#open.clear()
  }

  async *#read(file: string): AsyncGenerator<StoredPiece> {
    const handle = await open(join(this.#of.folder, file), 'r')
    this.#open.add(handle)
    try {
      yield* walk({ format: this.#of.format, handle, file })
    } finally {
      if (this.#open.delete(handle)) await handle.close()
    }
  }
}

/** The last file that begins at or before a mark: it holds it, if any does. */
const firstWith = (files: readonly DataFile[], from: Mark): number =>
  Math.max(0, files.filter(({ first }) => first <= BigInt(from)).length - 1)
