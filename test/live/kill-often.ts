import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { runsOf } from './fault-harness.js'
import { type Finished, type Running, spawnSpillway, spillway } from './kafka-lab.js'

type Killing = {
  /** Starts the run; later executions are `resume`. */
  readonly start: () => Running
  readonly home: string
  /** Runs that were in the home before. */
  readonly before: readonly string[]
  readonly kills: number
  /** Messages a second, so that the run lasts. */
  readonly rate: string
  readonly flags?: readonly string[]
}

/** Kills a run with SIGKILL at random moments, carries it on each time, and lets it end after the last. */
export async function killOften({ start, home, before, kills, rate, flags = [] }: Killing): Promise<Finished> {
  const first = start()
  const id = await newRun(home, before, first)
  await kill(first, 0)
  for (let count = 1; count < kills; count++) {
    const journalled = await settled(home, id)
    const running = spawnSpillway(['resume', id, '--rate', rate, '--output', 'json', ...flags], { home })
    // Every third dies before, or as, it takes its position over; the others at work.
    if (count % 3 > 0) await untilWork(home, id, { journalled, running })
    const finished = await kill(running, 500)
    // It may have been done before the blow fell.
    if (finished.code === 0) return finished
  }
  return spillway(['resume', id, '--rate', '1M', '--output', 'json', ...flags], { home })
}

async function kill(running: Running, latestMs: number): Promise<Finished> {
  await Promise.race([sleep(Math.random() * latestMs), running.finished])
  running.child.kill('SIGKILL')
  return running.finished
}

type Awaited = { readonly journalled: number; readonly running: Running }

async function untilWork(home: string, id: string, { journalled, running }: Awaited): Promise<void> {
  const ended = running.finished.then(() => true)
  const works = async () => (await settled(home, id)) > journalled || (await Promise.race([ended, sleep(0)])) === true
  await expect.poll(works, { timeout: 60_000, interval: 20 }).toBe(true)
}

/** Events that a run has journalled of settled messages. */
const settled = async (home: string, id: string): Promise<number> =>
  (await readFile(join(home, 'runs', id, 'journal.ndjson'), 'utf8')).split('"type":"settled"').length

async function newRun(home: string, before: readonly string[], running: Running): Promise<string> {
  const fresh = async () => (await runsOf(home)).find(id => !before.includes(id))
  const ended = running.finished.then(({ stdout, stderr }) => stdout + stderr)
  await Promise.race([
    expect.poll(fresh, { timeout: 60_000, interval: 50 }).toBeDefined(),
    ended.then(words => Promise.reject(new Error(`it ended: ${words}`))),
  ])
  ended.catch(() => undefined)
  return (await fresh()) ?? ''
}
