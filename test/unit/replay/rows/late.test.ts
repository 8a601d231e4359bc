import { expect, it } from 'vitest'
import type { Mark } from '../../../../src/core/event.js'
import { rowLane } from '../../../../src/replay/rows/lane.js'
import { END, START } from '../../../../src/replay/rows/mark.js'
import type { Row, RowPlace, RowSource } from '../../../../src/replay/rows/ports.js'
import { Tail, type TailLog } from '../../../../src/replay/rows/tail.js'
import { memoryTail } from './memory-tail.js'

const ASKED = { of: { table: 't' }, key: 'id', time: 'at', from: time(0), to: time(100) } as const
const TAIL = 60

function time(second: number): string {
  return new Date(second * 1000).toISOString()
}

const place = (second: number, key: number): RowPlace => ({ time: time(second), key: String(key).padStart(6, '0') })
const isAfter = (a: RowPlace, b: RowPlace): boolean => (a.time === b.time ? a.key > b.key : a.time > b.time)

/** A table to which a row is added each time before its tail is read. */
function table(places: RowPlace[], late: RowPlace[] = []): RowSource {
  return {
    look: async () => ({ columns: [], count: BigInt(places.length), withoutKey: 0n }),
    page: async (asked, after, limit) => {
      if (asked.from !== ASKED.from && after === undefined) places.push(...late.splice(0, 1))
      const rows = places
        .filter(each => each.time >= asked.from && (after === undefined || isAfter(each, after)))
        .sort((a, b) => (isAfter(a, b) ? 1 : -1))
        .slice(0, limit)
        .map((each): Row => ({ place: each, at: Date.parse(each.time), values: [each.key] }))
      return { columns: [{ name: 'id', kind: 'text' }], rows }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

type Reading = {
  readonly source: RowSource
  readonly log: TailLog
  readonly sent: string[]
  /** Called with each position once it is settled; true kills the process there. */
  settled(mark: Mark, sent: number): boolean
}

/** Reads on from a position; gives the position that was settled last. */
async function run({ source, log, sent, settled }: Reading, from: Mark): Promise<Mark> {
  const tail = { of: new Tail(log), from: TAIL * 1000 }
  const lane = rowLane({ source, asked: ASKED, clock: () => 0, tail })
  let mark = from
  for await (const { items, next } of lane.read(from, new AbortController().signal)) {
    // As a transaction does it: some of a chunk with the position behind them, then the rest of it.
    const half = items.slice(0, items.length >> 1)
    for (const part of [half, items.slice(half.length)]) {
      const isLast = part !== half
      if (!isLast && part.length === 0) continue
      sent.push(...part.map(({ message }) => String(message.key)))
      mark = isLast ? next : (part.at(-1)?.next ?? mark)
      if (settled(mark, sent.length)) return mark
    }
  }
  return mark
}

const rows = () => Array.from({ length: 100 }, (_, n) => place(n, n * 10))

it('reads the tail again and sends what came late, until nothing new is in it', async () => {
  const places = rows()
  const [sent, log]: [string[], ReturnType<typeof memoryTail>] = [[], memoryTail()]
  const late = [place(70, 5), place(99, 6), place(80, 7)]
  const source = table(places, late)
  expect(await run({ source, log, sent, settled: () => false }, START)).toBe(END)
  expect(sent).toHaveLength(103)
  expect(new Set(sent).size).toBe(103)
  const tail = new Tail(log)
  await tail.openAt(END)
  expect(tail.late).toBe(3)
})

it('does not look before the tail', async () => {
  const sent: string[] = []
  const source = table(rows(), [place(10, 5)])
  await run({ source, log: memoryTail(), sent, settled: () => false }, START)
  expect(sent).toHaveLength(100)
})

it('sends each row once, wherever it is killed, with rows that come late all the time', async () => {
  for (let kill = 1; kill <= 60; kill++) {
    const places = rows()
    const [sent, log]: [string[], TailLog] = [[], memoryTail()]
    const late = Array.from({ length: 5 }, (_, n) => place(60 + n * 9, n + 1))
    const source = table(places, late)
    let steps = 0
    const settled = () => ++steps % kill === 0
    let mark: Mark = START
    for (let tries = 0; mark !== END && tries < 500; tries++) mark = await run({ source, log, sent, settled }, mark)
    expect(mark, `killed after ${kill}`).toBe(END)
    expect(new Set(sent).size, `killed after ${kill}`).toBe(sent.length)
    expect([...sent].sort()).toEqual(places.map(({ key }) => key).sort())
  }
})

it('forgets what was handed out and never settled', async () => {
  const [sent, log]: [string[], ReturnType<typeof memoryTail>] = [[], memoryTail()]
  const source = table(rows())
  const mark = await run({ source, log, sent, settled: (_, count) => count > 80 }, START)
  // The chunk behind it was handed out too, and lost.
  await log.append([JSON.stringify(['["lost","1"]', 1])])
  expect(await run({ source, log, sent, settled: () => false }, mark)).toBe(END)
  expect(sent).toHaveLength(100)
  expect(log.kept.some(line => line.includes('lost'))).toBe(false)
})

it('stops where the log does not know where it stands', async () => {
  const reading = { source: table(rows()), log: memoryTail(), sent: [], settled: () => false }
  await expect(run(reading, 'again:2')).rejects.toMatchObject({ code: 'tail-lost' })
})
