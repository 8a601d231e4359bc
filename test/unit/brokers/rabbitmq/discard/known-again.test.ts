import { describe, expect, it } from 'vitest'
import { KnownAgain } from '../../../../../src/brokers/rabbitmq/discard/known-again.js'
import { lookBack } from '../../../../../src/brokers/rabbitmq/discard/look-back.js'

describe('messages that come again after a kill', () => {
  it('are known, counted with their acks, and no more of them than the queue can have', () => {
    const again = new KnownAgain({ contents: ['a', 'b', 'c', 'd'], inQueue: 2, uncounted: 2 })
    expect(['c', 'x', 'd'].map(content => again.meet(content))).toEqual(['uncounted', undefined, 'uncounted'])
    expect([again.left, again.uncounted, again.take()]).toEqual([0, 0, { counted: 0, twice: 0 }])
    expect(again.meet('c')).toBeUndefined()
  })

  it('are not counted again where their acks were forgotten', () => {
    const again = new KnownAgain({ contents: ['a', 'b', 'c'], inQueue: 3, uncounted: 1 })
    expect(['a', 'b', 'c'].map(content => again.meet(content))).toEqual(['uncounted', 'counted', 'counted'])
    expect(again.take()).toEqual({ counted: 2, twice: 0 })
  })

  it('are kept, and told, where more come than the counts have said', () => {
    const again = new KnownAgain({ contents: ['a', 'b'], inQueue: 0, uncounted: 0 })
    expect(again.meet('b')).toBeUndefined()
    expect(again.take()).toEqual({ counted: 0, twice: 1 })
  })

  it('are kept, and told, where others are alike byte for byte', () => {
    const again = new KnownAgain({ contents: ['ping', 'ping', 'ping'], inQueue: 1, uncounted: 2 })
    expect([again.meet('ping'), again.meet('ping')]).toEqual([undefined, undefined])
    expect([again.take(), again.end()]).toEqual([{ counted: 0, twice: 1 }, 1])
  })

  it('are gone where they do not come, and looked for no longer than is of use', () => {
    const again = new KnownAgain({ contents: ['a', 'b'], inQueue: 2, uncounted: 2 })
    expect([again.end(), again.end()]).toEqual([2, 0])
    const over = new KnownAgain({ contents: ['a', 'b'], inQueue: 0, uncounted: 0 })
    for (const content of ['x', 'y']) over.meet(content)
    expect([again.isLooking, over.isLooking]).toEqual([false, false])
  })
})

describe('a look back', () => {
  const before = { archived: 700, counted: 400, captured: 1000, arrived: 0 }

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
})
