import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import type { Call, Recording } from './fanout-scene.js'
import { type Told, told } from './fault-harness.js'
import type { Finished, Running } from './kafka-lab.js'

const folders: string[] = []
afterAll(() => Promise.all(folders.splice(0).map(folder => rm(folder, { recursive: true, force: true }))))

/** A worker that speaks NDJSON and writes down what it has done; `body` runs before that, with `message`, `number` and `done`, what this process has done so far. */
export async function aWorker(body = ''): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), 'spillway-worker-'))
  folders.push(folder)
  const [file, log] = [join(folder, 'worker.mjs'), join(folder, 'calls')]
  await writeFile(
    file,
    `import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
let done = 0
createInterface({ input: process.stdin }).on('line', async line => {
  const message = JSON.parse(line)
  const number = Number(message.value.slice(0, 12))
  ${body}
  done++
  appendFileSync(${JSON.stringify(log)}, JSON.stringify({ id: message.id, key: message.key, number }) + '\\n')
  process.stdout.write(JSON.stringify({ id: message.id, ok: true }) + '\\n')
})
`,
  )
  const calls = async () => {
    const text = await readFile(log, 'utf8').catch(() => '')
    const lines = text.split('\n').filter(line => line !== '')
    return lines.map(line => JSON.parse(line) as Call)
  }
  return { file: `${process.execPath} ${file}`, calls }
}

const PATIENT = { timeout: 100_000, interval: 100 }

/** Resolves once this many calls more were written down. */
export async function moreCalls(handler: Recording, more: number): Promise<void> {
  const before = (await handler.calls()).length
  await expect.poll(async () => (await handler.calls()).length, PATIENT).toBeGreaterThanOrEqual(before + more)
}

export type Storm = { readonly starts: number; readonly handler: Recording; readonly start: () => Running }

/** Starts processes one after another and stops one of three by Ctrl-C each time, whichever; in the end all. */
export async function storm({ starts, handler, start }: Storm): Promise<Finished[]> {
  const alive: Running[] = []
  const ended: Promise<Finished>[] = []
  const stop = (at: number) => {
    for (const { child, finished } of alive.splice(at, 1)) {
      child.kill('SIGINT')
      ended.push(finished)
    }
  }
  for (let i = 0; i < starts; i++) {
    alive.push(start())
    await moreCalls(handler, 20 + ((i * 37) % 100))
    if (alive.length > 2) stop(i % alive.length)
  }
  while (alive.length > 0) stop(0)
  return Promise.all(ended)
}

/** What processes told that were stopped; one that was stopped before it had a run tells nothing. Fails where one ended otherwise. */
export function toldByStopped(ended: readonly Finished[]): Told[] {
  return ended.flatMap(finished => {
    const { code, signal, stdout, stderr } = finished
    if (signal === 'SIGINT') return []
    expect(code, stdout + stderr).toBe(130)
    const envelope = told(finished)
    if (envelope.run === undefined) return []
    expect(envelope).toMatchObject({ state: 'stopped', balanced: true })
    return [envelope]
  })
}

/** Of all envelopes together. */
export const sumOf = (envelopes: readonly Told[], what: (envelope: Told) => string): number =>
  envelopes.reduce((sum, envelope) => sum + Number(what(envelope)), 0)

/** Each message at least once; as many twice as is allowed, at most. Gives how many were. */
export function expectNothingLost(calls: readonly Call[], messages: number, twiceAtMost: number): number {
  expect(new Set(calls.map(({ number }) => number)).size).toBe(messages)
  const twice = calls.length - messages
  expect(twice).toBeLessThanOrEqual(twiceAtMost)
  return twice
}

/** Says on standard error what was measured. */
export const measured = (text: string) => process.stderr.write(`storm: ${text}\n`)

type Event = { readonly type: string; readonly reason?: string }

/** Everything that the runs of a home have journalled so far. */
export async function eventsOf(home: string): Promise<readonly Event[]> {
  const runs = await readdir(join(home, 'runs')).catch(() => [])
  const texts = await Promise.all(
    runs.map(run => readFile(join(home, 'runs', run, 'journal.ndjson'), 'utf8').catch(() => '')),
  )
  return texts.flatMap(text => text.split('\n').flatMap(line => parsed(line)))
}

function parsed(line: string): Event[] {
  const at = line.indexOf('{')
  try {
    return at < 0 ? [] : [JSON.parse(line.slice(at)) as Event]
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

/** Resolves once a run of the home is held for such a reason. */
export const heldFor = (home: string, reason: RegExp) =>
  expect
    .poll(async () => (await eventsOf(home)).some(event => event.type === 'held' && reason.test(event.reason ?? '')), {
      timeout: 60_000,
      interval: 50,
    })
    .toBe(true)
