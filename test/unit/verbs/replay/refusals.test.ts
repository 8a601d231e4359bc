import { describe, expect, it } from 'vitest'
import { circleRefusals, groupRefusals } from '../../../../src/verbs/replay/refusals.js'

const SAME = { system: 'kafka', clusterId: 'c1' } as const
const group = { group: 'redrive', clusterId: 'c1' }

describe('groupRefusals', () => {
  it('lets a group move in the transactions of its own cluster', () => {
    expect(groupRefusals(group, SAME, true)).toEqual([])
    expect(groupRefusals({}, { system: 'rabbitmq', clusterId: 'r1' }, false)).toEqual([])
  })

  it('refuses what cannot move with the messages', () => {
    expect(groupRefusals(group, SAME, false)).toMatchObject([{ code: 'group' }])
    expect(groupRefusals(group, { ...SAME, clusterId: 'c2' }, true)).toMatchObject([{ code: 'group' }])
    expect(groupRefusals(group, { system: 'rabbitmq', clusterId: 'c1' }, true)).toMatchObject([{ code: 'group' }])
  })
})

describe('circleRefusals', () => {
  it('refuses a target that is what is read, whatever the group', () => {
    const target = 'kafka://one:9092/orders.dlq'
    expect(circleRefusals({ source: `${target}?group=redrive` }, { target })).toMatchObject([{ code: 'same' }])
    expect(circleRefusals({ source: target }, { target: 'origin' })).toEqual([])
    expect(circleRefusals({ source: 'archive:r1' }, { target })).toEqual([])
  })
})
