import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { HoldGate } from '../../../../src/core/gate.js'
import { watchRoom } from '../../../../src/verbs/discard/watch-room.js'

const ALL = 2n ** 62n

describe('the watch over the room for an archive', () => {
  it('lifts its own holds, and no other, once there is room', async () => {
    const gate = new HoldGate()
    gate.hold('archive disk: 3 MiB free', 'clears')
    gate.hold('flag file', 'clears')
    const over = new AbortController()
    const watching = watchRoom({ archive: { folder: tmpdir(), floorBytes: 0n }, gate, everyMs: 5 }, over.signal)
    await expect.poll(() => gate.holds().map(({ reason }) => reason)).toEqual(['flag file'])
    over.abort()
    await watching
  })

  it('leaves them while there is none', async () => {
    const gate = new HoldGate()
    gate.hold('archive disk: 3 MiB free', 'clears')
    const over = new AbortController()
    const watching = watchRoom({ archive: { folder: tmpdir(), floorBytes: ALL }, gate, everyMs: 1 }, over.signal)
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(gate.holds()).toHaveLength(1)
    over.abort()
    await watching
  })
})
