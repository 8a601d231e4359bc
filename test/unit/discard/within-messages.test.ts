import { describe, expect, it } from 'vitest'
import { withinMessages } from '../../../src/discard/plan/within-messages.js'
import { aTopicLook } from './a-look.js'

const { lanes } = aTopicLook()
const counts = (most: number | undefined) => withinMessages(lanes, most).map(({ messages }) => messages)

describe('withinMessages', () => {
  it('leaves lanes as they are that hold no more', () => {
    expect(withinMessages(lanes, undefined)).toBe(lanes)
    expect(withinMessages(lanes, 3000)).toBe(lanes)
  })

  it('takes as many as are wanted, from each lane its share', () => {
    expect(counts(300)).toEqual([100n, 200n])
    expect(counts(2)).toEqual([1n, 1n])
    for (const most of [1, 7, 1000, 2999]) expect(counts(most).reduce((a, b) => a + b)).toBe(BigInt(most))
  })

  it('ends a lane where its share does, and forgets the time of its last message', () => {
    const [first] = withinMessages(lanes, 300)
    expect(first).toEqual({ lane: '0', from: '500', to: '600', messages: 100n, first: '2026-11-20T13:00:00.000Z' })
  })

  it('knows no time of a lane of which nothing goes', () => {
    expect(withinMessages(lanes, 1).find(({ messages }) => messages === 0n)).not.toHaveProperty('first')
  })
})
