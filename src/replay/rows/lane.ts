import type { Mark } from '../../core/event.js'
import type { RowsAsked } from '../../core/rows-asked.js'
import { RunError, SpillwayError } from '../../errors.js'
import type { ReplayChunk, ReplayLane } from '../ports.js'
import type { ToMessage } from './map/to-message.js'
import { END, markBehind, placeOf, START } from './mark.js'
import { ROWS_LANE, rowMessage } from './message.js'
import { PagePace } from './pace.js'
import type { Row, RowSource } from './ports.js'

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
  let mark = from
  while (!soft.aborted && mark !== END) {
    const chunk = await chunkBehind(parts, pace, mark)
    yield chunk
    mark = chunk.next
  }
}

async function chunkBehind(parts: RowLaneParts, pace: PagePace, mark: Mark): Promise<ReplayChunk> {
  const { source, asked, clock } = parts
  const toMessage = parts.toMessage ?? ((columns, row) => ({ message: rowMessage(asked, columns, row) }))
  const { size } = pace
  const began = clock()
  // One more than a page has, so that two rows in the same place are seen across its border too.
  const { columns, rows } = await source.page(asked, placeOf(mark), size + 1).catch((error: unknown) => {
    if (error instanceof SpillwayError) pace.shrink()
    throw error
  })
  assertApart(rows, asked)
  const items = rows.slice(0, size).map(row => ({ ...toMessage(columns, row), next: markBehind(row.place) }))
  const bytes = items.reduce((sum, { message }) => sum + message.size, 0)
  pace.took({ rows: items.length, bytes, milliseconds: clock() - began })
  const last = items.at(-1)
  const next = rows.length <= size || last === undefined ? END : last.next
  return { items, next, skipped: 0 }
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
