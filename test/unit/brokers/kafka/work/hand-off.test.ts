import { expect, it } from 'vitest'
import { HandOff } from '../../../../../src/brokers/kafka/work/hand-off.js'

const NEVER = new AbortController().signal

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

it('hands over in order, what was put before and what is put later', async () => {
  const out = new HandOff<number>()
  out.put(1)
  const reading = all(out.read(NEVER))
  await Promise.resolve()
  out.put(2)
  out.put(3)
  out.end()
  expect(await reading).toEqual([1, 2, 3])
})

it('ends when the reader is to stop, also while it waits', async () => {
  const out = new HandOff<number>()
  const soft = new AbortController()
  const reading = all(out.read(soft.signal))
  await Promise.resolve()
  soft.abort()
  expect(await reading).toEqual([])
})

it('throws the first failure, before what still waits', async () => {
  const out = new HandOff<number>()
  out.put(1)
  out.fail(new Error('first'))
  out.fail(new Error('second'))
  await expect(all(out.read(NEVER))).rejects.toThrow('first')
})

it('takes back what nobody has read', async () => {
  const out = new HandOff<number>()
  for (const n of [1, 2, 3, 4]) out.put(n)
  expect(out.withdraw((n): n is number => n % 2 === 0)).toEqual([2, 4])
  out.end()
  expect(await all(out.read(NEVER))).toEqual([1, 3])
})
