import { describe, expect, it } from 'vitest'
import { ConfirmWindow } from '../../../../../src/brokers/rabbitmq/relay/confirm-window.js'

/** A window with so many messages, one byte each, published round three lanes; tags from 11. */
function published(count: number): ConfirmWindow {
  const window = new ConfirmWindow()
  for (let i = 0; i < count; i++) window.publish(11 + i, i % 3, 1)
  return window
}

describe('the prefix', () => {
  it('is what is confirmed without a gap', () => {
    const window = published(5)
    window.confirm(2, false, true)
    expect(window.takePrefix()).toBeUndefined()
    window.confirm(1, false, true)
    expect(window.takePrefix()).toEqual({ tag: 12, written: 2, parked: 0, bytes: 2 })
    window.confirm(5, true, true)
    expect(window.takePrefix()).toEqual({ tag: 15, written: 3, parked: 0, bytes: 3 })
    expect([window.size, window.pending]).toEqual([0, 0])
  })

  it('ends at the last tag that may be acked', () => {
    const window = published(5)
    window.confirm(5, true, true)
    expect(window.takePrefix(10)).toBeUndefined()
    expect(window.takePrefix(13)).toEqual({ tag: 13, written: 3, parked: 0, bytes: 3 })
    expect(window.takePrefix()).toEqual({ tag: 15, written: 2, parked: 0, bytes: 2 })
  })

  it('counts what was parked between', () => {
    const window = published(1)
    window.park(12, 5)
    window.publish(13, 0, 1)
    window.confirm(1, false, true)
    expect(window.takePrefix()).toEqual({ tag: 12, written: 1, parked: 1, bytes: 6 })
    expect(window.size).toBe(1)
  })

  it('ends before a nack', () => {
    const window = published(4)
    window.confirm(2, false, false)
    window.confirm(4, true, true)
    expect(window.takePrefix()).toEqual({ tag: 11, written: 1, parked: 0, bytes: 1 })
    expect(window.takeFailed()).toEqual([12])
    expect(window.takePrefix()).toEqual({ tag: 14, written: 2, parked: 0, bytes: 2 })
  })

  it('is the same for confirms in any order, one by one or many at once', () => {
    for (let seed = 1; seed < 200; seed++) {
      const window = published(60)
      let acked = 0
      let state = seed
      const random = (below: number) => {
        state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
        return state % below
      }
      for (let turn = 0; turn < 2000 && window.pending > 0; turn++) {
        window.confirm(1 + random(60), random(40) === 0, true)
        acked += window.takePrefix()?.written ?? 0
      }
      window.confirm(60, true, true)
      acked += window.takePrefix()?.written ?? 0
      expect(acked).toBe(60)
    }
  })

  it('keeps count over many thousands', () => {
    const window = new ConfirmWindow()
    let written = 0
    for (let seq = 1; seq <= 20_000; seq++) {
      window.publish(seq, 0, 1)
      if (seq % 7 === 0) window.confirm(seq - 3, true, true)
      written += window.takePrefix()?.written ?? 0
    }
    expect([written, window.size]).toEqual([19_996, 4])
  })
})

describe('returns', () => {
  it('fail the last ones of the lane and no others', () => {
    const window = published(9)
    window.confirm(1, false, true)
    window.returned(0)
    window.confirm(9, true, true)
    expect([window.troubled, window.returnedLanes]).toEqual([true, [0]])
    window.resolveReturns()
    expect(window.takeFailed()).toEqual([17])
    expect(window.takePrefix()).toEqual({ tag: 19, written: 8, parked: 0, bytes: 8 })
  })

  it('leave what was confirmed behind them to be acked one by one', () => {
    const window = published(3)
    window.returned(0)
    window.confirm(3, true, true)
    window.resolveReturns()
    expect(window.takeScattered().map(({ tag }) => tag)).toEqual([12, 13])
    expect(window.takeFailed()).toEqual([11])
    expect(window.size).toBe(0)
  })
})

describe('a lost end', () => {
  it('gives back all that nobody will confirm when the publishing one is lost', () => {
    const window = published(3)
    window.confirm(2, false, true)
    expect(window.takeFailed(true)).toEqual([11, 13])
    window.restart()
    window.publish(14, 0, 1)
    window.confirm(1, false, true)
    expect(window.takePrefix()).toEqual({ tag: 14, written: 2, parked: 0, bytes: 2 })
  })

  it('leaves in doubt what was confirmed on a lane that others came back from, too', () => {
    const window = published(5)
    window.returned(0)
    window.confirm(4, true, true)
    expect(window.doubtful).toBe(3)
    expect(window.takeFailed(true)).toEqual([11, 14, 15])
  })

  it('ignores late confirms of what was cleared when the consuming one is lost', () => {
    const window = published(3)
    window.clear()
    window.publish(1, 0, 1)
    window.confirm(3, true, true)
    expect(window.pending).toBe(1)
    window.confirm(4, false, true)
    expect(window.takePrefix()?.tag).toBe(1)
  })
})
