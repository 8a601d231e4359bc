import { describe, expect, it } from 'vitest'
import { balance, type Subscriber } from '../../../../../src/brokers/kafka/work/balance.js'

const subscriber = (member: string, owned: readonly number[] = [], topics: readonly string[] = ['t']): Subscriber => ({
  member,
  topics,
  owned: new Map([['t', owned]]),
})

const shares = (members: readonly Subscriber[], count: number) =>
  Object.fromEntries(
    [...balance(members, new Map([['t', count]]))].map(([member, share]) => [member, share.get('t') ?? []]),
  )

const sizes = (all: Record<string, readonly number[]>) => Object.values(all).map(share => share.length)

describe('lanes shared out over members', () => {
  it('gives each lane to one member, as evenly as whole lanes go', () => {
    for (const members of [1, 2, 3, 7, 30, 40]) {
      const all = shares(
        Array.from({ length: members }, (_, i) => subscriber(`m${i}`)),
        30,
      )
      expect(
        Object.values(all)
          .flat()
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 30 }, (_, p) => p))
      expect(Math.max(...sizes(all)) - Math.min(...sizes(all))).toBeLessThanOrEqual(1)
    }
  })

  it('leaves lanes with whoever had them', () => {
    const before = { a: [0, 3, 4], b: [1, 2, 5] }
    expect(shares([subscriber('a', before.a), subscriber('b', before.b)], 6)).toEqual(before)
  })

  it('moves no more lanes than a newcomer needs', () => {
    const all = shares([subscriber('new'), subscriber('a', [0, 1, 2, 3, 4]), subscriber('b', [5, 6, 7, 8, 9])], 10)
    expect(sizes(all).sort()).toEqual([3, 3, 4])
    const kept = [...(all.a ?? []).filter(p => p < 5), ...(all.b ?? []).filter(p => p >= 5)]
    expect(kept).toHaveLength(7)
  })

  it('keeps one more lane with whoever had one more', () => {
    expect(shares([subscriber('a', [0]), subscriber('b', [1, 2])], 3)).toEqual({ a: [0], b: [1, 2] })
  })

  it('believes one of two members that claim the same lane', () => {
    const all = shares([subscriber('a', [0, 1]), subscriber('b', [0, 1])], 2)
    expect(Object.values(all).flat().sort()).toEqual([0, 1])
  })

  it('gives nobody a topic that he did not ask for, and evens out over topics', () => {
    const members = [subscriber('a', [], ['t', 'u']), subscriber('b', [], ['t'])]
    const all = balance(
      members,
      new Map([
        ['t', 3],
        ['u', 1],
      ]),
    )
    expect(all.get('b')?.get('u')).toBeUndefined()
    expect(all.get('a')?.get('u')).toEqual([0])
  })

  it('passes over topics that are not there', () => {
    expect(balance([subscriber('a', [], ['gone'])], new Map()).get('a')).toEqual(new Map())
  })
})
