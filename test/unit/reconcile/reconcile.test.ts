import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { folder, linesOf, run, stream } from './scene.js'

const HOUR = 3_600_000
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => String(from + at))

describe('reconcile', () => {
  it('finds exactly the thousand of ten thousand that never got through', async () => {
    const all = numbers(0, 10_000)
    const lost = new Set(all.filter((_, at) => at % 10 === 7))
    const found = await run(
      stream(all, at => at * 1000),
      stream(all.filter(id => !lost.has(id))),
    )
    expect(found).toMatchObject({ expected: 10_000, seen: 9000, missing: 1000, extra: 0, duplicates: 0, surplus: 0 })
    expect(linesOf(found.missingFile)).toEqual([...lost])
    expect(found.missingIds).toEqual([...lost])
  })

  it('tells extra from duplicate, and keeps the balance', async () => {
    const found = await run(stream(['a', 'b', 'c', 'd']), stream(['a', 'a', 'a', 'b', 'x', 'x', 'y', null]))
    expect(found).toMatchObject({ expected: 4, seen: 7, missing: 2, extra: 2, duplicates: 2, surplus: 3 })
    expect(found.withoutId).toEqual({ expected: 0, seen: 1 })
    expect(found.seen).toBe(found.expected - found.missing + found.extra + found.surplus)
  })

  it('sums by hour of the expected side', async () => {
    const found = await run(
      stream(['a', 'b', 'c', 'd', 'e'], at => [0, HOUR - 1, HOUR, 2 * HOUR, null][at] ?? null),
      stream(['a', 'c', 'c']),
    )
    expect(found.hours).toEqual([
      { hour: '1970-01-01T00:00:00.000Z', expected: 2, missing: 1, duplicates: 0 },
      { hour: '1970-01-01T01:00:00.000Z', expected: 1, missing: 0, duplicates: 1 },
      { hour: '1970-01-01T02:00:00.000Z', expected: 1, missing: 1, duplicates: 0 },
      { hour: null, expected: 1, missing: 1, duplicates: 0 },
    ])
  })

  it('takes an id as seen that any of several has', async () => {
    const found = await run(stream(['a', 'b', 'c']), [stream(['a']), stream(['b'])])
    expect(found).toMatchObject({ missing: 1, missingIds: ['c'] })
  })

  it('gives the first thousand, oldest first, and all in the file', async () => {
    const ids = numbers(0, 2500)
    const found = await run(
      stream(ids, at => -at),
      stream([]),
    )
    expect(found.missingIds).toEqual([...ids].reverse().slice(0, 1000))
    expect(linesOf(found.missingFile)).toEqual([...ids].reverse())
  })

  it('keeps ids apart that differ by a blank, a zero, case or accent', async () => {
    const ids = ['1', '01', '1 ', '1.0', 'é', 'e\u0301', 'E', "o'r", '9007199254740993', '💥']
    const found = await run(stream(ids), stream(['1']))
    expect([...found.missingIds].sort()).toEqual(ids.slice(1).sort())
  })

  it('reads ids out of JSON with all their digits', async () => {
    const seen = ['{"order":{"id":9007199254740993}}', '{"order":{"id":"b"}}', '{"order":', 'null', null]
    const found = await run(stream(['9007199254740993', 'a', 'b']), { ...stream(seen), pointer: '/order/id' })
    expect(found).toMatchObject({ missing: 1, missingIds: ['a'], extra: 0, withoutId: { expected: 0, seen: 3 } })
  })

  it('goes through more than one pass and more than one batch', async () => {
    const ids = numbers(0, 1_200_000)
    const found = await run(stream(ids), stream(ids.slice(5)))
    expect(found).toMatchObject({ expected: 1_200_000, seen: 1_199_995, missing: 5, extra: 0, duplicates: 0 })
  })

  it('refuses an id that is more than a line', async () => {
    await expect(run(stream(['a\nb']), stream([]))).rejects.toMatchObject({ code: 'id-with-newline' })
  })

  it('leaves nothing behind when it is stopped, nor when it is done', async () => {
    const at = folder()
    const stopped = AbortSignal.abort(new Error('stopped'))
    await expect(run(stream(['a']), stream([]), { at, signal: stopped })).rejects.toThrow('stopped')
    expect(readdirSync(at)).toEqual([])
    await run(stream(['a']), stream([]), { at })
    expect(readdirSync(at)).toEqual(['missing.txt'])
  })
})
