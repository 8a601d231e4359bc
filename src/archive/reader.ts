import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mark } from '../core/event.js'
import { UserError } from '../errors.js'
import { dataFiles, isBelow, lanesIn } from './data-files.js'
import type { ArchiveReader, PieceFormat, StoredPiece, Wants } from './ports.js'
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

  async *pieces(lane: string, from?: Mark, wants?: Wants): AsyncGenerator<StoredPiece> {
    const files = await dataFiles(this.#of.folder, this.#of.format, lane)
    const picked = picking(from, wants)
    for (const [at, { file, first }] of files.entries()) {
      const begin = String(first)
      if (picked?.(begin, String(files[at + 1]?.first ?? Number.MAX_SAFE_INTEGER)) === false) continue
      const isWhole = wants === undefined && !isBelow(begin, from ?? begin)
      yield* this.#read(file, isWhole ? undefined : picked)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const handle of this.#open) await handle.close()
    this.#open.clear()
  }

  async *#read(file: string, wants: Wants | undefined): AsyncGenerator<StoredPiece> {
    const handle = await open(join(this.#of.folder, file), 'r')
    this.#open.add(handle)
    try {
      yield* walk({ format: this.#of.format, handle, file, wants })
    } finally {
      if (this.#open.delete(handle)) await handle.close()
    }
  }
}

const picking = (from: Mark | undefined, wants: Wants | undefined): Wants | undefined =>
  from === undefined ? wants : (first, next) => isBelow(from, next) && (wants?.(first, next) ?? true)
