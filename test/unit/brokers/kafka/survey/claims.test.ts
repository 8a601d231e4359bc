import { expect, it } from 'vitest'
import { claimOf } from '../../../../../src/brokers/kafka/survey/claims.js'

it('reads run, temporary topic and host from the metadata of commits', () => {
  const commits = [
    { lane: '0', metadata: '' },
    { lane: '1', metadata: 'spillway 0301-0200-orders orders.spill.0301 host-7' },
    { lane: '2', metadata: 'spillway 0301-0200-orders orders.spill.0301 host-7 r=10' },
  ]
  expect(claimOf(commits)).toEqual({
    run: '0301-0200-orders',
    topic: 'orders.spill.0301',
    host: 'host-7',
    lanes: ['1', '2'],
  })
})

it('takes nothing else for a claim', () => {
  expect(
    claimOf([
      { lane: '0', metadata: 'not spillway a b c' },
      { lane: '1', metadata: 'spillway a b' },
    ]),
  ).toBeUndefined()
})
