import type { Mark } from '../../core/event.js'
import type { RowsAsked } from '../../core/rows-asked.js'
import type { ReplayChunk, ReplayItem } from '../ports.js'
import type { ToMessage } from './map/to-message.js'
import { markBehind } from './mark.js'
import { rowMessage } from './message.js'
import type { Column, Row } from './ports.js'

const CHUNK_ROWS = 500

/** What becomes of rows. */
export type RowMaking = {
  readonly asked: RowsAsked
  /** What becomes of a row; absent: what it is without a mapping. */
  readonly toMessage?: ToMessage | undefined
  /** Which of some rows are meant, by their keys; the others count as skipped. Absent: all. */
  readonly wanted?: (keys: readonly string[]) => Promise<readonly boolean[]>
}

/** Rows of one pass that go, with the position behind all that was looked at. */
export type FreshRows = {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly pass: number
  readonly next: Mark
}

/** Made into messages step by step: nothing else of this process waits for long. */
export async function* chunksOf(making: RowMaking, fresh: FreshRows): AsyncGenerator<ReplayChunk> {
  const { rows, next } = fresh
  for (let at = 0; at === 0 || at < rows.length; at += CHUNK_ROWS) {
    const some = rows.slice(at, at + CHUNK_ROWS)
    const last = at + CHUNK_ROWS < rows.length ? some.at(-1) : undefined
    const items = await itemsOf(making, { ...fresh, rows: some })
    const behind = last === undefined ? next : markBehind(last.place, fresh.pass)
    yield { items, next: behind, skipped: some.length - items.length }
  }
}

async function itemsOf(
  { asked, toMessage, wanted }: RowMaking,
  { columns, rows, pass }: FreshRows,
): Promise<readonly ReplayItem[]> {
  const isWanted = rows.length === 0 ? undefined : await wanted?.(rows.map(({ place }) => place.key))
  const going = isWanted === undefined ? rows : rows.filter((_, at) => isWanted[at] === true)
  const make: ToMessage = toMessage ?? ((of, row) => ({ message: rowMessage(asked, of, row) }))
  return going.map((row): ReplayItem => {
    const { message, unable } = make(columns, row)
    const next = pass === 0 ? message.mark : markBehind(row.place, pass)
    return unable === undefined ? { message, next } : { message, next, unable }
  })
}
