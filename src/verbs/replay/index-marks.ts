import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { csvRecords } from '../../archive/csv-records.js'
import { type IndexPart, indexParts, readPart } from '../../archive/index-walk.js'
import { INDEX_FILE } from '../../archive/names.js'
import { decompress } from '../../archive/zstd.js'

type Span = { readonly from: number; readonly to: number }

/** Columns of the index, see `INDEX_HEADER`. */
const LANE = 4
const MARK = 5

/** Which offsets of a lane the index of an archive has; parts that were read are kept as long as they are asked for in order. */
export class IndexMarks {
  readonly #folder: string
  #parts: Promise<{ readonly handle: FileHandle; readonly parts: readonly IndexPart[] }> | undefined
  readonly #read = new Map<string, { readonly part: IndexPart; readonly marks: ReadonlySet<number> }[]>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Offsets of a lane in [from, to) that are in the index, and perhaps more. Throws RunError `archive-damaged`. */
  async marks(lane: string, span: Span): Promise<ReadonlySet<number>> {
    this.#parts ??= this.#open()
    const { handle, parts } = await this.#parts
    const wanted = parts.filter(part => holds(part, lane, span))
    const known = this.#read.get(lane) ?? []
    const now = []
    for (const part of wanted)
      now.push(known.find(each => each.part === part) ?? { part, marks: await marksOf(handle, part, lane) })
    this.#read.set(lane, now)
    const [one, ...more] = now
    if (one !== undefined && more.length === 0) return one.marks
    return new Set(now.flatMap(({ marks }) => [...marks]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#parts)?.handle.close()
  }

  async #open() {
    const handle = await open(join(this.#folder, INDEX_FILE), 'r')
    const parts: IndexPart[] = []
    for await (const part of indexParts(handle)) if (!('torn' in part)) parts.push(part)
    return { handle, parts }
  }
}

const holds = ({ lanes }: IndexPart, lane: string, { from, to }: Span): boolean =>
  lanes.some(each => each.lane === lane && each.first < BigInt(to) && each.last >= BigInt(from))

async function marksOf(handle: FileHandle, part: IndexPart, lane: string): Promise<ReadonlySet<number>> {
  const { zstd } = await readPart(handle, part)
  const marks = new Set<number>()
  for (const { fields } of csvRecords(decompress(zstd).toString()))
    if (fields[LANE] === lane) marks.add(Number(fields[MARK]))
  return marks
}
