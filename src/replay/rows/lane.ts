import type { Mark } from '../../core/event.js'
import type { RowsAsked } from '../../core/rows-asked.js'
import { RunError, SpillwayError } from '../../errors.js'
import type { ReplayChunk, ReplayItem, ReplayLane } from '../ports.js'
import type { ToMessage } from './map/to-message.js'
import { END, markBehind, placeOf, START } from './mark.js'
import { ROWS_LANE, rowMessage } from './message.js'
import { PagePace } from './pace.js'
import type { Row, RowPage, RowSource, RowValue } from './ports.js'

const CHUNK_ROWS = 500

export type RowLaneParts = {
  readonly source: RowSource
  readonly asked: RowsAsked
  /** What becomes of a row; absent: what it is without a mapping. */
  readonly toMessage?: ToMessage | undefined
  /** Milliseconds of a clock that only goes on. */
  readonly clock: () => number
}

/** The rows of a window as a lane of messages, read page by page behind the last one: never by an offset. */
export function rowLane(parts: RowLaneParts): ReplayLane {
  const pace = new PagePace()
  return { lane: ROWS_LANE, from: START, to: END, read: (from, soft) => read(parts, pace, { from, soft }) }
}

type From = { readonly from: Mark; readonly soft: AbortSignal }

async function* read(parts: RowLaneParts, pace: PagePace, { from, soft }: From): AsyncGenerator<ReplayChunk> {
  if (from === END) return
  let ahead = later(pageBehind(parts, pace, from))
  try {
    while (!soft.aborted) {
      const page = await ahead
      // It is read while this one is sent.
      if (page.next !== END) ahead = later(pageBehind(parts, pace, page.next))
      yield* chunksOf(parts, page)
      if (page.next === END) return
    }
  } finally {
    await Promise.allSettled([ahead])
  }
}

/** Its failure shows when it is waited for. */
function later<T>(asked: Promise<T>): Promise<T> {
  asked.catch(() => undefined)
  return asked
}

type Page = RowPage & { readonly next: Mark }

async function pageBehind({ source, asked, clock }: RowLaneParts, pace: PagePace, mark: Mark): Promise<Page> {
  const { size } = pace
  const began = clock()
  // One more than a page has, so that two rows in the same place are seen across its border too.
  const { columns, rows } = await source.page(asked, placeOf(mark), size + 1).catch((error: unknown) => {
    if (error instanceof SpillwayError) pace.shrink()
    throw error
  })
  assertApart(rows, asked)
  const bytes = rows.reduce((sum, { values }) => sum + lengthOf(values), 0)
  pace.took({ rows: Math.min(size, rows.length), bytes, milliseconds: clock() - began })
  const last = rows[size - 1]
  return {
    columns,
    rows: rows.slice(0, size),
    next: rows.length <= size || last === undefined ? END : markBehind(last.place),
  }
}

const lengthOf = (values: readonly RowValue[]): number => values.reduce((sum, value) => sum + (value?.length ?? 0), 0)

/** Made into messages step by step: nothing else of this process waits for long. */
function* chunksOf({ asked, toMessage }: RowLaneParts, { columns, rows, next }: Page): Generator<ReplayChunk> {
  const make: ToMessage = toMessage ?? ((_, row) => ({ message: rowMessage(asked, columns, row) }))
  for (let at = 0; at === 0 || at < rows.length; at += CHUNK_ROWS) {
    const items = rows.slice(at, at + CHUNK_ROWS).map((row): ReplayItem => {
      const { message, unable } = make(columns, row)
      return unable === undefined ? { message, next: message.mark } : { message, next: message.mark, unable }
    })
    yield { items, next: at + CHUNK_ROWS < rows.length ? (items.at(-1)?.next ?? next) : next, skipped: 0 }
  }
}

/** Of rows in the same place a page would have some, and none of the others. */
function assertApart(rows: readonly Row[], { key, time }: RowsAsked): void {
  for (const [at, { place }] of rows.entries()) {
    const before = rows[at - 1]?.place
    if (before === undefined || before.key !== place.key || before.time !== place.time) continue
    throw new RunError(`Two rows have ${time} ${place.time} and ${key} ${place.key}`, {
      code: 'no-unique-key',
      hint: `Plan anew with a --key that no two rows have in common. What came before them is sent.`,
    })
  }
}
