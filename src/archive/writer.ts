import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mark } from '../core/event.js'
import { failpoint } from '../core/failpoint.js'
import { RunError } from '../errors.js'
import { cutLane } from './cut-lane.js'
import { makeFolder } from './durable.js'
import { unwritable } from './full-disk.js'
import { type IndexFile, openIndexFile } from './index-file.js'
import { LaneFile } from './lane-file.js'
import { MANIFEST_FILE, PARQUET_FILE } from './names.js'
import { OneAtATime } from './one-at-a-time.js'
import type { ArchiveLane, ArchiveWriter, Piece, PieceFormat, SealFacts } from './ports.js'
import { Room, type Statfs } from './room.js'
import { seal } from './seal.js'

export type WriterOptions = {
  /** Absolute path of the archive; made where it is missing. */
  readonly folder: string
  readonly format: PieceFormat
  /** So many bytes stay free on its file system. */
  readonly floorBytes: bigint
  readonly statfs?: Statfs | undefined
  /** A data file ends before it grows past this; 256 MiB by default. */
  readonly splitBytes?: number
}

/** Parts of the index that may wait in memory for a sync; each is up to a megabyte before it is compressed. */
const MOST_WAITING = 16

/** Opens an archive to write, or begins one. Throws RunError `archive-damaged`, `archive-unwritable`, `archive-sealed`. */
export async function openArchiveWriter(options: WriterOptions): Promise<ArchiveWriter> {
  const { folder } = options
  if (existsSync(join(folder, MANIFEST_FILE)))
    throw new RunError(`The archive in ${folder} is sealed`, {
      code: 'archive-sealed',
      hint: 'Nothing can be added to it. `spillway archive show RUN` shows what is in it.',
    })
  try {
    await makeFolder(folder)
    // Of an execution that was killed while it sealed: more may come.
    await rm(join(folder, PARQUET_FILE), { force: true })
    return new Writer(options, await openIndexFile(folder))
  } catch (error) {
    throw error instanceof RunError ? error : unwritable(folder, error)
  }
}

class Writer implements ArchiveWriter {
  readonly #options: WriterOptions
  readonly #index: IndexFile
  readonly #room: Room
  readonly #lanes = new Map<string, LaneFile>()
  readonly #cuts = new Map<string, bigint>()
  readonly #syncing = new OneAtATime(() => this.#syncAll())
  readonly #cutting = new OneAtATime(() => this.#cutAll())

  constructor(options: WriterOptions, index: IndexFile) {
    this.#options = options
    this.#index = index
    this.#room = new Room(options.folder, options.floorBytes, options.statfs)
  }

  async lane(lane: string, settled: Mark | undefined): Promise<ArchiveLane> {
    const { folder, format, splitBytes } = this.#options
    await this.#giveUp(lane)
    // Kafka's positions tell what was let go: none, nothing.
    const from = settled ?? (format.system === 'kafka' ? '0' : undefined)
    if (from !== undefined) {
      this.#cuts.set(lane, BigInt(from))
      await this.#cutting.run()
    }
    const end = await cutLane({ folder, format, lane, settled: from, indexed: this.#index.lastOf(lane) })
    const file = new LaneFile({ folder, format, lane, splitBytes }, end)
    this.#lanes.set(lane, file)
    return {
      get next() {
        return file.next
      },
      append: piece => this.#append(lane, file, piece),
    }
  }

  sync(): Promise<void> {
    return this.#syncing.run()
  }

  async seal(facts: SealFacts): Promise<void> {
    await this.sync()
    const { folder, format } = this.#options
    const ends = new Map([...this.#lanes].flatMap(([lane, { next }]) => (next === undefined ? [] : [[lane, next]])))
    await this[Symbol.asyncDispose]()
    await seal({ folder, format, facts, ends })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const file of this.#lanes.values()) await file.close()
    this.#lanes.clear()
    await this.#index.close()
  }

  /** A lane that begins anew after a fault: what it had written is cut like that of an earlier execution. */
  async #giveUp(lane: string): Promise<void> {
    const before = this.#lanes.get(lane)
    if (before === undefined) return
    await this.sync()
    this.#lanes.delete(lane)
    await before.close()
  }

  async #append(lane: string, file: LaneFile, piece: Piece): Promise<void> {
    // Before anything of the piece is there: whoever is held here appends it again.
    if (this.#index.waiting >= MOST_WAITING) await this.sync()
    const bytes = file.missing(piece)
    if (bytes.length > 0) {
      await this.#room.take(bytes.reduce((sum, each) => sum + each.length, 0))
      await file.write(bytes, piece)
    }
    this.#index.add(lane, piece)
  }

  async #syncAll(): Promise<void> {
    const parts = this.#index.cutOff()
    failpoint('before-archive-sync')
    await Promise.all([...this.#lanes.values()].map(file => file.sync()))
    await this.#index.flush(parts)
    failpoint('after-archive-sync')
  }

  async #cutAll(): Promise<void> {
    const cuts = new Map(this.#cuts)
    this.#cuts.clear()
    if ([...cuts].some(([lane, mark]) => (this.#index.lastOf(lane) ?? -1n) >= mark)) {
      await this.sync()
      await this.#index.cut(cuts)
    }
  }
}
