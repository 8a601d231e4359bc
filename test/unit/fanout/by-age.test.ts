import { expect, it } from 'vitest'
import { ByAge } from '../../../src/fanout/by-age.js'
import { Entry } from '../../../src/fanout/entry.js'
import { LaneWindow } from '../../../src/fanout/window.js'
import { MemoryLane, message } from './stage.js'

it('gives the oldest first, in whatever order they were put in', () => {
  const window = new LaneWindow(new MemoryLane([]), 'key')
  const entries = Array.from({ length: 200 }, (_, i) => new Entry(window, message('0', i, 'k'), undefined))
  const heap = new ByAge()
  for (let i = 0; i < 200; i++) heap.push(entries[(i * 77) % 200] as Entry)
  const marks: string[] = []
  for (let entry = heap.shift(); entry !== undefined; entry = heap.shift()) marks.push(entry.message?.mark ?? '')
  expect(marks).toEqual(entries.map(entry => entry.message?.mark))
  expect(heap.peek()).toBeUndefined()
})
