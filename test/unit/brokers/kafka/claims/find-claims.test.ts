import { describe, expect, it } from 'vitest'
import { tracesOf } from '../../../../../src/brokers/kafka/claims/find-claims.js'

const at = (metadata: string) => ({ offset: 5, metadata, leaderEpoch: -1 })

describe('tracesOf', () => {
  it('gathers the lanes of each claim, and passes over what others wrote', () => {
    const offsets = new Map([
      [
        'orders',
        new Map([
          [2, at('spillway r1 orders.spill.r1 host-a n=1')],
          [0, at('spillway r1 orders.spill.r1 host-a n=1')],
          [1, at('consumer metadata')],
        ]),
      ],
      ['audit', new Map([[0, at('')]])],
    ])
    expect(tracesOf('billing', offsets)).toEqual([
      {
        run: 'r1',
        host: 'host-a',
        sourceTopic: 'orders',
        group: 'billing',
        temporaryTopic: 'orders.spill.r1',
        lanes: [0, 2],
      },
    ])
  })

  it('tells two runs on one group apart', () => {
    const offsets = new Map([
      ['a', new Map([[0, at('spillway r1 a.spill.r1 h')]])],
      ['b', new Map([[0, at('spillway r2 b.spill.r2 h')]])],
    ])
    expect(tracesOf('g', offsets).map(trace => [trace.run, trace.sourceTopic])).toEqual([
      ['r1', 'a'],
      ['r2', 'b'],
    ])
  })
})
