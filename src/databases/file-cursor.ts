import type { RowsAsked } from '../core/rows-asked.js'
import { WallClock } from '../core/wall-clock.js'
import { RunError } from '../errors.js'
import type { Column, Row, RowPage, RowValue } from '../replay/rows/ports.js'
import type { FileTable } from './file-table.js'
import { membersOf } from './json-members.js'
import { isoTime } from './times.js'

type Raw = Readonly<Record<string, unknown>>

/** One stream over the rows of a file; each is numbered from 1 on. */
export class FileCursor {
  readonly #chunks: AsyncGenerator<readonly Raw[]>
  readonly #table: FileTable
  readonly #asked: RowsAsked
  readonly #clock: WallClock
  #chunk: readonly Raw[] = []
  #at = 0
  /** The number of the row that was taken last. */
  number = 0

  constructor(chunks: AsyncGenerator<readonly Raw[]>, table: FileTable, asked: RowsAsked) {
    this.#chunks = chunks
    this.#table = table
    this.#asked = asked
    this.#clock = new WallClock(asked.zone ?? 'UTC')
  }

  /** Leaves out so many rows. */
  async skip(rows: number): Promise<void> {
    while (this.number < rows && (await this.#peek()) !== undefined) this.#next()
  }

  /** At most so many rows; fewer where the next has other columns, or none is left. */
  async take(limit: number): Promise<RowPage> {
    let columns: readonly Column[] | undefined
    const rows: Row[] = []
    for (let raw = await this.#peek(); raw !== undefined && rows.length < limit; raw = await this.#peek()) {
      const read = this.#read(raw)
      const joined = columns === undefined ? read.columns : joinedColumns(columns, read)
      if (joined === undefined) return { columns: columns ?? [], rows, more: true }
      columns = joined
      this.#next()
      rows.push(this.#row(raw, read.values))
    }
    return { columns: columns ?? this.#table.columns, rows }
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined)
  }

  async #peek(): Promise<Raw | undefined> {
    while (this.#at >= this.#chunk.length) {
      const { value, done } = await this.#chunks.next()
      if (done === true) return undefined
      this.#chunk = value
      this.#at = 0
    }
    return this.#chunk[this.#at]
  }

  #next(): void {
    this.#at++
    this.number++
  }

  #row({ k, micros, is_zoned: isZoned }: Raw, values: readonly RowValue[]): Row {
    const milliseconds = micros === null ? -1 : Math.floor(Number(micros) / 1000)
    const at = isZoned === true || micros === null ? milliseconds : this.#clock.instantOf(milliseconds)
    const version = this.#asked.time === '' ? '' : String(micros)
    return { place: { time: String(this.number), key: String(k) }, at: Math.max(-1, at), values, version }
  }

  #read(raw: Raw): Read {
    const { kind, columns } = this.#table
    if (kind === 'ndjson') return this.#line(String(raw.c0))
    return { columns, values: columns.map((column, at) => cellOf(column, raw[`c${at}`])) }
  }

  #line(text: string): Read {
    try {
      const members = membersOf(text)
      return {
        columns: members.map(({ name, raw }) => ({ name, kind: raw.startsWith('"') ? 'text' : 'json' })),
        values: members.map(({ raw }) => (raw === 'null' ? null : raw.startsWith('"') ? JSON.parse(raw) : raw)),
      }
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause
      throw new RunError(`Line ${this.number + 1} is no JSON object: ${cause.message}`, { code: 'unreadable', cause })
    }
  }
}

type Read = { readonly columns: readonly Column[]; readonly values: readonly RowValue[] }

/** The columns that fit both; undefined where none do. What is null fits anything. */
function joinedColumns(columns: readonly Column[], { columns: others, values }: Read): readonly Column[] | undefined {
  if (columns === others) return columns
  const isAlike = columns.every(
    ({ name, kind }, at) => others[at]?.name === name && (others[at]?.kind === kind || values[at] === null),
  )
  return isAlike && others.length === columns.length ? columns : undefined
}

function cellOf({ kind }: Column, cell: unknown): RowValue {
  if (cell === null || cell === undefined) return null
  const text = String(cell)
  return kind === 'bytes' ? Buffer.from(text, 'hex') : isoTime(kind, text)
}
