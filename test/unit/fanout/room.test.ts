import { expect, it } from 'vitest'
import { Room } from '../../../src/fanout/room.js'
import { LaneWindow } from '../../../src/fanout/window.js'
import { MemoryLane } from './stage.js'

const NO_BOUND = Number.POSITIVE_INFINITY
const aWindow = () => new LaneWindow(new MemoryLane([]), 'key')

it('reads no further than a rate handles in a second and a half: so long may a stop work at what stands before the last that was begun', () => {
  const room = new Room(10_000, 16, () => ({ records: 100, bytes: NO_BOUND }))
  room.enter()
  expect(room.of(aWindow())).toBe(150)
  for (let lanes = 1; lanes < 30; lanes++) room.enter()
  expect(room.of(aWindow())).toBe(5)
})

it('always has room for one message of a lane', () => {
  const room = new Room(10_000, 16, () => ({ records: 0.1, bytes: 1 }))
  room.enter()
  expect(room.of(aWindow())).toBe(1)
})
