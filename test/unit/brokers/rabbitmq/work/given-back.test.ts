import { expect, it } from 'vitest'
import { GivenBack } from '../../../../../src/brokers/rabbitmq/work/given-back.js'

it('doubts no more than what came again beyond what went back unseen', () => {
  const back = new GivenBack()
  expect(back.doubtful(5)).toBe(5)
  back.ended(10)
  expect([back.doubtful(4), back.doubtful(9), back.messages]).toEqual([0, 3, 0])
})

it('doubts all that comes again once something went back that may have been seen', () => {
  const back = new GivenBack(100)
  back.ended(undefined)
  expect(back.doubtful(7)).toBe(7)
})
