import type { Mark } from '../../core/event.js'
import type { RowsAsked } from '../../core/rows-asked.js'
import { RunError, SpillwayError } from '../../errors.js'
import type { ReplayChunk, ReplayLane } from '../ports.js'
import { chunksOf, type FreshRows, type RowMaking } from './chunks.js'
import { againMark, END, markBehind, positionOf, START } from './mark.js'
import { ROWS_LANE } from './message.js'
import { PagePace } from './pace.js'
import type { Row, RowSource, RowValue } from './ports.js'
import type { Handed, Tail } from './tail.js'

export type RowLaneParts = RowMaking & {
  readonly source: RowSource
  /** Milliseconds of a clock that only goes on. */
  readonly clock: () => number
  /** Waits, or throws HoldError, while rows may still come into the window. */
  readonly settled?: () => Promise<void>
  /** Absent: what is committed late is not looked for. */
  readonly tail?: TailFrom
}

/** The end of a window from a time on, in milliseconds since the epoch. */
export type TailFrom = { readonly of: Tail; readonly from: number }

/** The rows of a window as a lane of messages, read page by page behind the last one, never by an offset; then its tail again until nothing new is in it. */
export function rowLane(parts: RowLaneParts): ReplayLane {
  const pace = new PagePace()
  return { lane: ROWS_LANE, from: START, to: END, read: (from, soft) => read(parts, pace, { from, soft }) }
}

type From = { readonly from: Mark; readonly soft: AbortSignal }

async function* read(parts: RowLaneParts, pace: PagePace, { from, soft }: From): AsyncGenerator<ReplayChunk> {
  if (from === END) return
  await parts.settled?.()
  await parts.tail?.of.openAt(from)
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

/** The next page without what went already. What is of the tail is on disk when it resolves. */
async function pageBehind(parts: RowLaneParts, pace: PagePace, mark: Mark): Promise<FreshRows> {
  const { source, clock, tail } = parts
  const { pass, after } = positionOf(mark)
  const asked = pass === 0 || tail === undefined ? parts.asked : { ...parts.asked, from: timeOf(tail.from) }
  const { size } = pace
  const began = clock()
  // One more than a page has, so that two rows in the same place are seen across its border too.
  const page = await source.page(asked, after, size + 1).catch((error: unknown) => {
    if (error instanceof SpillwayError) pace.shrink()
    throw error
  })
  assertApart(page.rows, asked)
  const bytes = page.rows.reduce((sum, { values }) => sum + lengthOf(values), 0)
  pace.took({ rows: Math.min(size, page.rows.length), bytes, milliseconds: clock() - began })
  const all = page.rows.slice(0, size)
  const rows = pass === 0 ? all : all.filter(({ place }) => tail?.of.has(place) !== true)
  const last = all.at(-1)
  const isLast = last === undefined || (page.more !== true && page.rows.length <= size)
  const next = isLast ? nextPass(parts, pass, rows.length) : markBehind(last.place, pass)
  if (tail !== undefined) await tail.of.write(handed({ rows, pass, next, from: tail.from }))
  return { columns: page.columns, rows, pass, next }
}

const lengthOf = (values: readonly RowValue[]): number => values.reduce((sum, value) => sum + (value?.length ?? 0), 0)

/** The tail is read again, and again as long as something new was in it. */
function nextPass({ tail }: RowLaneParts, pass: number, fresh: number): Mark {
  if (tail === undefined || (pass > 0 && tail.of.foundIn(pass) + fresh === 0)) return END
  return againMark(pass + 1)
}

type Handing = Pick<FreshRows, 'rows' | 'pass' | 'next'> & { readonly from: number }

/** What goes on disk before it can be settled: rows of the tail, and where a pass over it stands. */
function handed({ rows, pass, next, from }: Handing): readonly Handed[] {
  const ofTail = pass === 0 ? rows.filter(({ at }) => at >= from) : rows
  const places = ofTail.map(({ place }) => ({ mark: markBehind(place, pass), pass, place }))
  const isTold = next === places.at(-1)?.mark || next === END || positionOf(next).pass === 0
  return isTold ? places : [...places, { mark: next, pass }]
}

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** Of rows in the same place a page would have some, and none of the others. */
function assertApart(rows: readonly Row[], { key, time }: RowsAsked): void {
  for (let at = 1; at < rows.length; at++) {
    const { place } = rows[at] as Row
    const before = rows[at - 1]?.place
    if (before === undefined || before.key !== place.key || before.time !== place.time) continue
    throw new RunError(`Two rows have ${time} ${place.time} and ${key} ${place.key}`, {
      code: 'no-unique-key',
      hint: `Plan anew with a --key that no two rows have in common. What came before them is sent.`,
    })
  }
}
