import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../../../src/core/event.js'
import { duplicatesAtMost, foldRun, NOTHING_YET, type RunSoFar } from '../../../../../src/core/fold.js'
import { leftOpen, Windows } from '../../../../../src/verbs/rabbitmq/drain/window.js'
import type { Recorder } from '../../../../../src/verbs/run/recorder.js'

const NOW = () => new Date('2026-11-21T12:00:00.000Z')

/** A recorder that keeps its journal in memory. */
const recording = (state: RunSoFar = NOTHING_YET) => {
  const recorder = {
    state,
    async record(event: RunEvent) {
      recorder.state = foldRun(recorder.state, event)
    },
  }
  return { recorder, windows: new Windows(recorder as unknown as Recorder, 'orders', { now: NOW }) }
}

/** What the next execution begins with. */
const resumed = (state: RunSoFar) => recording(state)

describe('the window of a drain', () => {
  it('is left open by a kill, and what came again of it may be there twice', async () => {
    const killed = recording()
    await killed.windows.note(100)
    await killed.windows.note(5000)
    expect(leftOpen(killed.recorder.state)).toBe(5000n)
    const { recorder, windows } = resumed(killed.recorder.state)
    await windows.note(100)
    await windows.settled(700)
    expect([duplicatesAtMost(recorder.state), leftOpen(recorder.state)]).toEqual([700n, 0n])
  })

  it('counts as a whole where the next execution stops early, or much came again', async () => {
    for (const redelivered of [undefined, 9000]) {
      const killed = recording()
      await killed.windows.note(5000)
      const { recorder, windows } = resumed(killed.recorder.state)
      await windows.settled(redelivered)
      expect(duplicatesAtMost(recorder.state)).toBe(5000n)
    }
  })

  it('adds up over kills, also of the same stretch', async () => {
    const first = recording()
    await first.windows.note(5000)
    const second = resumed(first.recorder.state)
    await second.windows.note(100)
    const { recorder, windows } = resumed(second.recorder.state)
    await windows.settled(undefined)
    expect(duplicatesAtMost(recorder.state)).toBe(5100n)
    await windows.doubt(100, 'lost')
    await windows.doubt(100, 'lost')
    expect(duplicatesAtMost(recorder.state)).toBe(5300n)
  })

  it('counts as a whole where the execution that could have told was killed as well', async () => {
    const first = recording()
    await first.windows.note(5000)
    const second = resumed(first.recorder.state)
    await second.windows.note(100)
    await second.windows.note(300)
    const third = resumed(second.recorder.state)
    expect(leftOpen(third.recorder.state)).toBe(5300n)
    await third.windows.note(100)
    await third.windows.settled(10)
    expect([duplicatesAtMost(third.recorder.state), leftOpen(third.recorder.state)]).toEqual([5010n, 0n])
    const idle = resumed(second.recorder.state)
    await idle.windows.settled(0)
    expect(duplicatesAtMost(idle.recorder.state)).toBe(5000n)
    const failed = resumed(second.recorder.state)
    await failed.windows.note(20)
    await failed.windows.dropped()
    expect(duplicatesAtMost(failed.recorder.state)).toBe(5320n)
  })

  it('of an undo is that of each lane, and counts beside that of the drain', async () => {
    const killed = recording()
    await killed.windows.note(300)
    const undo = (state: RunSoFar, lane: string) => {
      const { recorder } = recording(state)
      return { recorder, windows: new Windows(recorder as unknown as Recorder, lane, { now: NOW, undo: true }) }
    }
    const first = undo(killed.recorder.state, 'orders.spill.r1.00')
    await first.windows.note(50)
    expect(leftOpen(first.recorder.state)).toBe(300n)
    const other = undo(first.recorder.state, 'orders.spill.r1.01')
    await other.windows.settled(9)
    expect(duplicatesAtMost(other.recorder.state)).toBe(0n)
    const again = undo(other.recorder.state, 'orders.spill.r1.00')
    await again.windows.settled(20)
    expect(duplicatesAtMost(again.recorder.state)).toBe(20n)
    const drained = recording(again.recorder.state)
    await drained.windows.dropped(100n)
    await drained.windows.dropped(100n)
    expect(duplicatesAtMost(drained.recorder.state)).toBe(120n)
  })

  it('is closed by an execution that settled what it had in hand', async () => {
    const { recorder, windows } = recording()
    await windows.note(100)
    await windows.settled(3)
    expect([leftOpen(recorder.state), duplicatesAtMost(recorder.state)]).toEqual([0n, 0n])
  })

  it('counts at once where an execution failed and lived to tell', async () => {
    const { recorder, windows } = recording()
    await windows.note(100)
    await windows.dropped()
    expect([leftOpen(recorder.state), duplicatesAtMost(recorder.state)]).toEqual([0n, 100n])
  })
})
