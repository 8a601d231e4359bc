import { expect, it } from 'vitest'
import { Confirms } from '../../../../../src/brokers/rabbitmq/fill/confirms.js'

it('counts confirms that come one by one, out of order, for many at once, and twice', () => {
  const confirms = new Confirms()
  const counts = [
    [2, false],
    [4, false],
    [1, false],
    [1, false],
    [5, true],
    [3, true],
    [7, false],
    [6, false],
  ].map(([tag, multiple]) => {
    confirms.take(tag as number, multiple as boolean)
    return confirms.count
  })
  expect(counts).toEqual([1, 2, 3, 3, 5, 5, 6, 7])
})
