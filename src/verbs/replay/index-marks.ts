import { type ArchiveIndex, openArchiveIndex } from '../../archive/index-search.js'

type Span = { readonly from: number; readonly to: number }
type Window = Span & { readonly marks: ReadonlySet<number> }

/** Offsets that are asked of the index at once. */
const WINDOW = 100_000

/** Which offsets of a topic's lanes the index of an archive has. It is opened when it is first asked. */
export class IndexMarks {
  readonly #folder: string
  readonly #windows = new Map<string, Window>()
  #index: Promise<ArchiveIndex> | undefined
  /** One question at a time. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Offsets of a lane in [from, to) that are in the index, and perhaps more. Throws RunError `no-duckdb`, `archive-damaged`. */
  marks(lane: string, span: Span): Promise<ReadonlySet<number>> {
    const answer = this.#queue.then(() => this.#marks(lane, span))
    this.#queue = answer.catch(() => undefined)
    return answer
  }

  async #marks(lane: string, { from, to }: Span): Promise<ReadonlySet<number>> {
    const known = this.#windows.get(lane)
    if (known !== undefined && from >= known.from && to <= known.to) return known.marks
    this.#index ??= openArchiveIndex({ folder: this.#folder, system: 'kafka' })
    const window = { from, to: Math.max(to, from + WINDOW) }
    const marks = new Set<number>()
    const index = await this.#index
    for await (const rows of index.rows({ lane, marks: window })) for (const { mark } of rows) marks.add(Number(mark))
    this.#windows.set(lane, { ...window, marks })
    return marks
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#index)?.[Symbol.asyncDispose]()
  }
}
