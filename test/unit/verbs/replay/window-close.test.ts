import { describe, expect, it } from 'vitest'
import { HoldGate } from '../../../../src/core/gate.js'
import { nightAt } from '../../../../src/core/window.js'
import { Stopped } from '../../../../src/errors.js'
import { WindowClose } from '../../../../src/verbs/replay/window-close.js'
import { fakeIo } from '../../commands/fake-io.js'
import { FakeClock } from '../../core/fake-clock.js'

const WINDOW = { from: '00:30', to: '05:00', zone: 'Asia/Shanghai' }
const HOUR = 3_600_000

/** A night that began at 04:00; the wall clock goes with the other one, and may be set. */
function aNight() {
  const clock = new FakeClock()
  const begun = Date.parse('2026-11-21T20:00Z')
  let set = 0
  const io = Object.assign(fakeIo().io, { now: () => new Date(begun + clock.now() + set) })
  const night = nightAt(WINDOW, io.now())
  if (night === undefined) throw new Error('shut')
  const gate = new HoldGate()
  const close = new WindowClose({ window: WINDOW, night, io, clock })
  const over = new AbortController()
  const watching = close.watch(gate, over.signal)
  const setBy = (ms: number) => {
    set += ms
  }
  return { clock, close, gate, over, watching, setBy, stopped: () => close.io.soft.aborted }
}

describe('the end of a night', () => {
  it('stops the run, and says until when', async () => {
    const { clock, close, watching, stopped } = aNight()
    await clock.advance(HOUR - 1)
    expect(stopped()).toBe(false)
    await clock.advance(1)
    await watching
    expect(close.io.soft.reason).toBeInstanceOf(Stopped)
    expect(close.io.soft.reason).toMatchObject({
      message: 'Stopped by window over until 2026-11-23 00:30 Asia/Shanghai',
      exitCode: 130,
    })
  })

  it('comes when its length is over, though the clock was set back', async () => {
    const { clock, setBy, watching, stopped } = aNight()
    setBy(-2 * HOUR)
    await clock.advance(HOUR)
    await watching
    expect(stopped()).toBe(true)
  })

  it('comes within a second where the clock was put past it', async () => {
    const { clock, setBy, watching, stopped } = aNight()
    setBy(HOUR)
    await clock.advance(1000)
    await watching
    expect(stopped()).toBe(true)
  })

  it('stops nothing that an operator wants to go on, nor what has ended before', async () => {
    const ignored = aNight()
    ignored.gate.ignore('window over', 'ann')
    await ignored.clock.advance(HOUR)
    await ignored.watching
    expect(ignored.stopped()).toBe(false)
    const ended = aNight()
    ended.over.abort()
    await ended.watching
    await ended.clock.advance(HOUR)
    expect(ended.stopped()).toBe(false)
  })
})
