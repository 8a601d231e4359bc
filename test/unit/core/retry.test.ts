import { describe, expect, it } from 'vitest'
import { retry } from '../../../src/core/retry.js'

const setup = (random = 0) => {
  const waits: number[] = []
  const clock = {
    now: () => 0,
    sleep: async (ms: number, signal: AbortSignal) => {
      waits.push(ms)
      signal.throwIfAborted()
    },
  }
  const stop = new AbortController()
  const options = { attempts: 5, baseMs: 100, maxMs: 300, retryOn: () => true, clock, random: () => random }
  return { waits, stop, options: { ...options, signal: stop.signal } }
}
const fails = (times: number) => async (attempt: number) => {
  if (attempt <= times) throw new Error(`failure ${attempt}`)
  return attempt
}

describe('retry', () => {
  it('gives the first success, after growing waits', async () => {
    const { waits, options } = setup(1)
    expect(await retry(fails(4), options)).toBe(5)
    expect(waits).toEqual([100, 200, 300, 300])
  })

  it('jitters between half of the wait and all of it', async () => {
    const { waits, options } = setup(0)
    await retry(fails(1), options)
    expect(waits).toEqual([50])
  })

  it('throws the last error when the tries are used up', async () => {
    await expect(retry(fails(9), setup().options)).rejects.toThrow('failure 5')
  })

  it('throws at once what another try cannot mend', async () => {
    const { waits, options } = setup()
    await expect(retry(fails(9), { ...options, retryOn: () => false })).rejects.toThrow('failure 1')
    expect(waits).toEqual([])
  })

  it('stops between tries when the signal aborts', async () => {
    const { stop, options } = setup()
    const work = async () => {
      stop.abort(new Error('enough'))
      throw new Error('failure')
    }
    await expect(retry(work, options)).rejects.toThrow('enough')
  })
})
