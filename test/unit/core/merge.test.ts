import { describe, expect, it } from 'vitest'
import { merge, type OpenStream } from '../../../src/core/merge.js'

const all = async <T>(events: AsyncIterable<T>): Promise<T[]> => {
  const seen: T[] = []
  for await (const event of events) seen.push(event)
  return seen
}
const options = (atOnce = 16, soft = new AbortController().signal) => ({ atOnce, soft })
const untilAborted = (soft: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (soft.aborted) resolve()
    else soft.addEventListener('abort', () => resolve(), { once: true })
  })
const counting = (name: string, count: number): OpenStream<string> =>
  async function* () {
    for (let at = 0; at < count; at++) yield `${name}${at}`
  }
/** Waits for the signal inside next(), then settles what it had in hand. */
const idle = (last: string[], log: string[] = []): OpenStream<string> =>
  async function* (soft) {
    try {
      await untilAborted(soft)
      yield* last
    } finally {
      log.push('closed')
    }
  }

describe('merge', () => {
  it('gives the events of every stream, each in its own order', async () => {
    const seen = await all(merge([counting('a', 3), counting('b', 2)], options()))
    expect(seen.filter(event => event.startsWith('a'))).toEqual(['a0', 'a1', 'a2'])
    expect([...seen].sort()).toEqual(['a0', 'a1', 'a2', 'b0', 'b1'])
  })

  it('ends at once without streams', async () => {
    expect(await all(merge([], options()))).toEqual([])
  })

  it('opens no more than so many at once and gets to all of them', async () => {
    let open = 0
    let most = 0
    const stream: OpenStream<number> = async function* () {
      most = Math.max(most, ++open)
      yield 1
      await Promise.resolve()
      yield 2
      open--
    }
    expect(
      await all(
        merge(
          Array.from({ length: 40 }, () => stream),
          options(3),
        ),
      ),
    ).toHaveLength(80)
    expect(most).toBe(3)
  })

  it('runs a stream at most one event ahead of the reader', async () => {
    let made = 0
    const stream: OpenStream<number> = async function* () {
      for (;;) yield ++made
    }
    for await (const event of merge([stream], options())) {
      expect(made).toBeLessThanOrEqual(event + 1)
      if (event === 5) break
    }
    expect(made).toBe(5)
  })

  it('is left by its reader although another stream is idle', async () => {
    const log: string[] = []
    for await (const event of merge([counting('a', 5), idle([], log)], options())) if (event === 'a1') break
    expect(log).toEqual(['closed'])
  })

  it('passes on what the others settle after the first error, then throws it', async () => {
    const failing: OpenStream<string> = async function* () {
      yield 'begun'
      throw new Error('broken')
    }
    const seen: string[] = []
    const reading = (async () => {
      for await (const event of merge([failing, idle(['in hand'])], options())) seen.push(event)
    })()
    await expect(reading).rejects.toThrow(/^broken$/)
    expect(seen).toEqual(['begun', 'in hand'])
  })

  it('opens no further stream after an error', async () => {
    const failing: OpenStream<string> = () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('broken')) }),
    })
    let opened = false
    const late: OpenStream<string> = async function* () {
      opened = true
      yield 'late'
    }
    await expect(all(merge([failing, late], options(1)))).rejects.toThrow('broken')
    expect(opened).toBe(false)
  })

  it('throws several errors as one, the first as its cause', async () => {
    const first = new Error('first')
    const failing: OpenStream<string> = async function* () {
      yield 'x'
      throw first
    }
    const alsoFailing: OpenStream<string> = async function* (soft) {
      await untilAborted(soft)
      throw new Error('second')
      // biome-ignore lint/correctness/noUnreachable: makes it a generator of text
      yield ''
    }
    const error = await all(merge([failing, alsoFailing], options())).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AggregateError)
    expect(error).toMatchObject({ message: 'first', cause: first })
  })

  it('does not count the abort itself as an error of the others', async () => {
    const failing: OpenStream<string> = async function* () {
      yield 'x'
      throw new Error('first')
    }
    const obedient: OpenStream<string> = async function* (soft) {
      await untilAborted(soft)
      soft.throwIfAborted()
      yield ''
    }
    await expect(all(merge([failing, obedient], options()))).rejects.toThrow(/^first$/)
  })

  it('takes no more once soft aborts, and ends without an error', async () => {
    const stop = new AbortController()
    const seen: string[] = []
    for await (const event of merge([counting('a', 2), idle(['b settled'])], options(16, stop.signal))) {
      seen.push(event)
      if (event === 'a1') stop.abort()
    }
    expect(seen).toEqual(['a0', 'a1', 'b settled'])
  })
})
