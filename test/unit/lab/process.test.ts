import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { hasEnded, isRunning, markOf, signal } from '../../../src/lab/process.js'

it('knows a process by its id and its start', () => {
  const mine = markOf(process.pid)
  expect(isRunning(mine)).toBe(true)
  expect(isRunning({ ...mine, started: `${mine.started}1` })).toBe(false)
})

it('never signals another process that got the same id', async () => {
  const child = spawn('sleep', ['30'])
  const mark = markOf(child.pid ?? 0)
  expect(signal({ ...mark, started: 'long ago' }, 'SIGKILL')).toBe(false)
  expect(isRunning(mark)).toBe(true)
  expect(signal(mark, 'SIGKILL')).toBe(true)
  expect(await hasEnded(mark, 5000)).toBe(true)
})

it('refuses to mark a process that is gone', () => {
  expect(() => markOf(2 ** 22 + 1)).toThrow('ended before')
})
