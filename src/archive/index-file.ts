import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../journal/durable.js'
import { writeAll } from './durable.js'
import { isFull, unwritable, writeFailure } from './full-disk.js'
import { type Cuts, cutIndex } from './index-cut.js'
import { headerPart, IndexText, seenIn } from './index-text.js'
import { indexParts } from './index-walk.js'
import { INDEX_FILE } from './names.js'
import type { PieceRows } from './ports.js'

/** The index of an archive that is written: parts are appended, and wait in memory until the data of their rows is on disk. */
export class IndexFile {
  readonly #folder: string
  #handle: FileHandle
  #size = 0
  readonly #text = new IndexText()
  #parts: Promise<Buffer>[] = []
  /** Per lane, the last mark that has a row. */
  readonly #last = new Map<string, bigint>()
  /** Lanes begin while others write: the file that rows are taken out of is another one afterwards. */
  #turn: Promise<void> = Promise.resolve()

  constructor(folder: string, handle: FileHandle) {
    this.#folder = folder
    this.#handle = handle
  }

  /** Parts that wait for `flush`, compressed. */
  get waiting(): number {
    return this.#parts.length
  }

  /** The last mark of a lane that has a row. */
  lastOf(lane: string): bigint | undefined {
    return this.#last.get(lane)
  }

  /** Adds rows of a lane, in ascending order. */
  add(lane: string, added: PieceRows): void {
    const seen = seenIn(added)
    if (seen !== undefined) this.#last.set(lane, seen.last)
    if (this.#text.add(lane, added)) this.#parts.push(this.#text.take())
  }

  /** What `flush` will write: all rows that were added by now, in their order. */
  cutOff(): number {
    if (!this.#text.empty) this.#parts.push(this.#text.take())
    return this.#parts.length
  }

  /** Writes the first parts that wait, and syncs. Throws HoldError `archive disk: …`: they wait on; RunError `archive-unwritable`. */
  flush(count: number): Promise<void> {
    return this.#inTurn(() => this.#write(count))
  }

  /** Takes rows of lanes out again, all that are written; none of these lanes may have some that wait. Throws RunError `archive-unwritable`, `archive-damaged`. */
  cut(cuts: Cuts): Promise<void> {
    return this.#inTurn(() => this.#cut(cuts))
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #write(count: number): Promise<void> {
    const parts = await Promise.all(this.#parts.slice(0, count))
    if (parts.length === 0) return
    try {
      await writeAll(this.#handle, parts, this.#size)
      await this.#handle.datasync()
    } catch (error) {
      await this.#handle.truncate(this.#size)
      throw writeFailure(INDEX_FILE, error)
    }
    this.#size += parts.reduce((sum, part) => sum + part.length, 0)
    this.#parts.splice(0, count)
  }

  async #cut(cuts: Cuts): Promise<void> {
    const needed = new Map([...cuts].filter(([lane, mark]) => (this.#last.get(lane) ?? -1n) >= mark))
    if (needed.size === 0) return
    try {
      await cutIndex(this.#folder, needed)
    } catch (error) {
      throw isFull(error) ? unwritable(INDEX_FILE, error) : error
    }
    await this.#handle.close()
    this.#handle = await open(join(this.#folder, INDEX_FILE), 'r+')
    for (const lane of needed.keys()) this.#last.delete(lane)
    await this.look()
  }

  /** Finds out what is there; cuts off a part that is not whole, and begins an empty index with the names of the columns. */
  async look(): Promise<void> {
    this.#size = 0
    for await (const part of indexParts(this.#handle)) {
      if ('torn' in part) break
      this.#size = part.position + part.bytes
      for (const { lane, last } of part.lanes) if (last > (this.#last.get(lane) ?? -1n)) this.#last.set(lane, last)
    }
    await this.#handle.truncate(this.#size)
    if (this.#size > 0) return
    this.#parts.unshift(headerPart())
    await this.#write(1)
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#parts)
    await this.#handle.close()
  }
}

/** Opens the index in a folder, or begins one. Throws RunError `archive-damaged`, `archive-unwritable`. */
export async function openIndexFile(folder: string): Promise<IndexFile> {
  const handle = await open(join(folder, INDEX_FILE), constants.O_RDWR | constants.O_CREAT, 0o600)
  try {
    const index = new IndexFile(folder, handle)
    await index.look()
    await syncFolder(folder)
    return index
  } catch (error) {
    await handle.close()
    throw error
  }
}
