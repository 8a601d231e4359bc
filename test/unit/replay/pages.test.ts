import { describe, expect, it } from 'vitest'
import { Pages } from '../../../src/replay/pages.js'
import type { ReplayChunk } from '../../../src/replay/ports.js'
import { aLane } from './a-message.js'

const soft = new AbortController().signal
const LARGE = { messages: 1000, bytes: 1 << 20 }

async function* chunks(...all: ReplayChunk[]): AsyncGenerator<ReplayChunk> {
  yield* all
}
const empty = (next: string, skipped: number): ReplayChunk => ({ items: [], next, skipped })

describe('pages', () => {
  it('are as large as they may be, whatever the chunks, and say where each ends', async () => {
    const pages = new Pages(aLane(10, 4).read('0', soft))
    const seen = []
    for (
      let page = await pages.next({ messages: 3, bytes: 1 << 20 });
      page !== undefined;
      page = await pages.next({ messages: 3, bytes: 1 << 20 })
    )
      seen.push([page.items.map(({ message }) => message.mark), page.next])
    expect(seen).toEqual([
      [['0', '1', '2'], '3'],
      [['3', '4', '5'], '6'],
      [['6', '7', '8'], '9'],
      [['9'], '10'],
    ])
  })

  it('hold at least one message, however large, and no more once they are full', async () => {
    const pages = new Pages(aLane(5, 5).read('0', soft))
    expect((await pages.next({ messages: 9, bytes: 1 }))?.next).toBe('1')
    expect((await pages.next({ messages: 9, bytes: 11 }))?.next).toBe('3')
    await pages.close()
  })

  it('end where the source pauses, and wait on where there is nothing yet', async () => {
    const pause: ReplayChunk = { items: [], next: '0', skipped: 0, pause: true }
    const [first, second] = await all(aLane(4, 2).read('0', soft))
    const given = [first, second].flatMap(chunk => (chunk === undefined ? [] : [pause, chunk, pause]))
    const pages = new Pages(chunks(...given))
    expect((await pages.next(LARGE))?.next).toBe('2')
    expect((await pages.next(LARGE))?.next).toBe('4')
    expect(await pages.next(LARGE)).toBeUndefined()
  })

  it('end behind what was left out, and count it', async () => {
    const pages = new Pages(chunks(empty('100', 100), ...(await all(aLane(2, 2).read('0', soft))), empty('300', 50)))
    expect(await pages.next(LARGE)).toMatchObject({ items: [{}, {}], next: '300', skipped: 150 })
    expect(await pages.next(LARGE)).toBeUndefined()
  })

  it('tell of a long search before it has found anything', async () => {
    const pages = new Pages(chunks(empty('1', 60_000), empty('2', 60_000), empty('3', 1)))
    expect(await pages.next(LARGE)).toEqual({ items: [], next: '2', skipped: 120_000 })
    expect(await pages.next(LARGE)).toEqual({ items: [], next: '3', skipped: 1 })
  })

  it('are read ahead, one of them and no more', async () => {
    let read = 0
    async function* counted(): AsyncGenerator<ReplayChunk> {
      for await (const chunk of aLane(100_000, 1000).read('0', soft)) {
        read++
        yield chunk
      }
    }
    const pages = new Pages(counted())
    expect((await pages.next({ messages: 1000, bytes: 1 << 20 }))?.next).toBe('1000')
    for (let turn = 0; turn < 100; turn++) await new Promise(resolve => setImmediate(resolve))
    expect(read).toBe(9)
    await pages.close()
  })

  it('throw what reading throws, when its turn comes', async () => {
    async function* broken(): AsyncGenerator<ReplayChunk> {
      yield* aLane(2, 2).read('0', soft)
      throw new Error('damaged')
    }
    const pages = new Pages(broken())
    expect((await pages.next({ messages: 2, bytes: 100 }))?.next).toBe('2')
    await expect(pages.next(LARGE)).rejects.toThrow('damaged')
    await pages.close()
  })
})

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found = []
  for await (const each of items) found.push(each)
  return found
}
