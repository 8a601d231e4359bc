import { describe, expect, it } from 'vitest'
import { KnownAgain } from '../../../../../src/brokers/rabbitmq/discard/known-again.js'
import { lookBack, worthKnowing } from '../../../../../src/brokers/rabbitmq/discard/look-back.js'

describe('messages that come again after a kill', () => {
  it('are known, and counted with their acks', () => {
    const again = new KnownAgain({ contents: ['a', 'b', 'c', 'd'], fresh: 2, inQueue: 2, uncounted: 2 })
    expect(['c', 'x', 'd'].map(content => again.meet(content))).toEqual(['uncounted', undefined, 'uncounted'])
    expect([again.left, again.uncounted, again.takeForgotten(true), again.takeTwice()]).toEqual([0, 0, 0, 0])
    expect(again.meet('c')).toBeUndefined()
  })

  it('are not counted again where their acks were forgotten', () => {
    const again = new KnownAgain({ contents: ['a', 'b', 'c'], fresh: 1, inQueue: 3, uncounted: 1 })
    expect(['a', 'b'].map(content => again.meet(content))).toEqual(['counted', 'counted'])
    expect(again.takeForgotten(false)).toBe(0)
    expect(again.meet('c')).toBe('uncounted')
    expect([again.takeForgotten(false), again.takeForgotten(true), again.takeTwice()]).toEqual([2, 0, 0])
  })

  it('are known also where the counts were too early to see them', () => {
    const again = new KnownAgain({ contents: ['a', 'b', 'c'], fresh: 2, inQueue: 1, uncounted: 1 })
    expect(['b', 'c'].map(content => again.meet(content))).toEqual(['uncounted', 'counted'])
    expect([again.takeForgotten(true), again.takeTwice()]).toEqual([0, 0])
  })

  it('are kept, and told, where more come that were counted than the counts have said', () => {
    const again = new KnownAgain({ contents: ['a', 'b'], fresh: 0, inQueue: 0, uncounted: 0 })
    expect(again.meet('b')).toBeUndefined()
    expect([again.takeForgotten(true), again.takeTwice()]).toEqual([0, 1])
  })

  it('are kept, and told, where others are alike byte for byte', () => {
    const again = new KnownAgain({ contents: ['ping', 'ping', 'ping'], fresh: 2, inQueue: 1, uncounted: 2 })
    expect([again.meet('ping'), again.meet('ping')]).toEqual([undefined, undefined])
    expect([again.takeTwice(), again.end()]).toEqual([1, 1])
  })

  it('are gone where they do not come, and looked for no longer than is of use', () => {
    const again = new KnownAgain({ contents: ['a', 'b'], fresh: 2, inQueue: 2, uncounted: 2 })
    expect([again.end(), again.end()]).toEqual([2, 0])
    const over = new KnownAgain({ contents: ['a', 'b'], fresh: 2, inQueue: 0, uncounted: 0 })
    for (const content of ['x', 'y']) over.meet(content)
    expect([again.isLooking, over.isLooking]).toEqual([false, false])
  })
})

describe('a look back', () => {
  const before = { archived: 700, counted: 400, captured: 1000, arrived: 0, isLost: true }

  it('finds by the ready messages what was acked and not journalled', () => {
    expect(lookBack({ ...before, ready: 450 })).toEqual({ inQueue: 150, found: 150, uncounted: 150 })
  })

  it('leaves to the messages themselves what arrivals hide', () => {
    expect(lookBack({ ...before, ready: 1450 })).toEqual({ inQueue: 700, found: 0, uncounted: 300 })
    expect(lookBack({ ...before, arrived: 1000, ready: 1450 })).toEqual({ inQueue: 150, found: 150, uncounted: 150 })
  })

  it('sees acks that a server has forgotten, and counts nothing that the archive has not', () => {
    expect(lookBack({ ...before, counted: 700, ready: 350 })).toEqual({ inQueue: 50, found: 0, uncounted: 0 })
    expect(lookBack({ ...before, ready: 0 })).toEqual({ inQueue: 0, found: 300, uncounted: 0 })
  })

  it('has all in the queue that is not counted, where no connection was lost', () => {
    expect(lookBack({ ...before, isLost: false, ready: 300 })).toEqual({ inQueue: 300, found: 0, uncounted: 300 })
  })

  it('is worth no more than a server can have forgotten, however many have arrived', () => {
    const most = { inFlight: 1000, forgotten: 4000 }
    expect(worthKnowing({ inQueue: 150, found: 0, uncounted: 150 }, most)).toBe(1150)
    expect(worthKnowing({ inQueue: 300, found: 0, uncounted: 100 }, most)).toBe(1300)
    expect(worthKnowing({ inQueue: 5_000_000, found: 0, uncounted: 0 }, most)).toBe(5000)
  })
})
