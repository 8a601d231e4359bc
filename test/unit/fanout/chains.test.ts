import { describe, expect, it } from 'vitest'
import { Chains } from '../../../src/fanout/chains.js'
import { Entry } from '../../../src/fanout/entry.js'
import { LaneWindow } from '../../../src/fanout/window.js'
import { MemoryLane, message } from './stage.js'

const window = new LaneWindow(new MemoryLane([]), 'key')
const entryOf = (key: string | null, hash?: number) =>
  new Entry(window, { ...message('0', 0, key), ...(hash === undefined ? {} : { keyHash: hash }) }, undefined)

describe('Chains', () => {
  it('lets the first of a key go, and the next when it is over', () => {
    const chains = new Chains('key')
    const [first, second, third] = [entryOf('a'), entryOf('a'), entryOf('a')]
    expect([first, second, third].map(each => chains.admit(each))).toEqual([true, false, false])
    expect(chains.release(first)).toBe(second)
    expect(chains.release(second)).toBe(third)
    expect(chains.release(third)).toBeUndefined()
    expect(chains.admit(entryOf('a'))).toBe(true)
  })

  it('knows keys apart that share a place in its table', () => {
    const chains = new Chains('key')
    const [a, b] = [5, 5 + 8192]
    const firstOfB = entryOf('b', b)
    const [firstOfA, secondOfB, thirdOfB] = [entryOf('a', a), entryOf('b', b), entryOf('b', b)]
    expect(chains.admit(firstOfA)).toBe(true)
    expect(chains.admit(firstOfB)).toBe(true)
    expect(chains.admit(secondOfB)).toBe(false)
    chains.release(firstOfA)
    expect(chains.admit(thirdOfB)).toBe(false)
    expect(chains.release(firstOfB)).toBe(secondOfB)
    expect(chains.release(secondOfB)).toBe(thirdOfB)
    chains.release(thirdOfB)
    expect(chains.admit(entryOf('b', b))).toBe(true)
  })

  it('keeps no order among messages without a key', () => {
    const chains = new Chains('key')
    expect([entryOf(null), entryOf(null)].map(each => chains.admit(each))).toEqual([true, true])
  })
})
