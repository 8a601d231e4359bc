import { expect, it } from 'vitest'
import { together } from '../../../../../src/brokers/kafka/survey/together.js'

const never = new AbortController().signal
const aborted = (signal: AbortSignal) =>
  new Promise<string>(resolve => signal.addEventListener('abort', () => resolve('gave up')))

it('gives all results in order', async () => {
  expect(await together<[number, string]>(never, () => [Promise.resolve(1), Promise.resolve('b')])).toEqual([1, 'b'])
})

it('aborts the rest at the first failure, waits for them, and throws it', async () => {
  let ended = ''
  const work = together<[string, never]>(never, signal => [
    aborted(signal).then(how => {
      ended = how
      return how
    }),
    Promise.reject(new Error('first')),
  ])
  await expect(work).rejects.toThrow('first')
  expect(ended).toBe('gave up')
})

it('hands the outer signal on', async () => {
  const outer = new AbortController()
  const work = together<[string]>(outer.signal, signal => [aborted(signal)])
  outer.abort()
  expect(await work).toEqual(['gave up'])
})
