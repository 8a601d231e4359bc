import { describe, expect, it } from 'vitest'
import { KeptWindow } from '../../../../../src/brokers/rabbitmq/discard/kept-window.js'

/** Tags 1–10 of 100 bytes each, in runs of 4, 4 and 2. */
function aWindow(): KeptWindow {
  const window = new KeptWindow()
  window.take({ first: 1, last: 4, bytes: 400 })
  window.take({ first: 5, last: 8, bytes: 400 })
  window.take({ first: 9, last: 10, bytes: 200 })
  return window
}

describe('the window between delivery and ack', () => {
  it('acks nothing that is not kept', () => {
    const window = aWindow()
    expect(window.acked(Number.POSITIVE_INFINITY)).toBeUndefined()
    window.keep(6)
    expect(window.acked(Number.POSITIVE_INFINITY)).toEqual({ tag: 6, messages: 6, bytes: 600 })
    expect([window.size, window.first, window.pending]).toEqual([4, 7, 4])
  })

  it('acks no further than it may, also in the middle of a run, and loses no byte by it', () => {
    const window = aWindow()
    window.keep(10)
    expect(window.acked(3)).toEqual({ tag: 3, messages: 3, bytes: 300 })
    expect(window.acked(Number.POSITIVE_INFINITY)).toEqual({ tag: 10, messages: 7, bytes: 700 })
    expect([window.size, window.first]).toEqual([0, Number.POSITIVE_INFINITY])
  })

  it('gives up what is not kept, and still acks the rest', () => {
    const window = aWindow()
    window.keep(6)
    expect(window.takeUnkept()).toEqual([7, 8, 9, 10])
    expect([window.size, window.pending]).toEqual([6, 0])
    expect(window.acked(Number.POSITIVE_INFINITY)).toMatchObject({ tag: 6, messages: 6 })
  })

  it('acks what was counted before, and does not count it again', () => {
    const window = new KeptWindow()
    window.take({ first: 1, last: 3, bytes: 300, counted: true })
    window.take({ first: 4, last: 5, bytes: 200 })
    expect([window.size, window.counting]).toEqual([5, 2])
    window.keep(3)
    expect(window.acked(Number.POSITIVE_INFINITY)).toEqual({ tag: 3, messages: 0, bytes: 0 })
    window.keep(5)
    expect(window.acked(Number.POSITIVE_INFINITY)).toEqual({ tag: 5, messages: 2, bytes: 200 })
  })

  it('forgets a channel with all its tags', () => {
    const window = aWindow()
    window.keep(6)
    window.clear()
    window.take({ first: 1, last: 2, bytes: 200 })
    expect(window.acked(Number.POSITIVE_INFINITY)).toBeUndefined()
    expect(window.size).toBe(2)
  })
})
