import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { type Broker, drain, type Scene, type Told, told } from './fault-harness.js'
import { spawnSpillway, spillway } from './kafka-lab.js'

const folders: string[] = []
afterAll(() => Promise.all(folders.splice(0).map(folder => rm(folder, { recursive: true, force: true }))))

/** A handler that writes down what it was called with, a line a call. */
export type Recording = { readonly file: string; calls(): Promise<readonly Call[]> }
export type Call = { readonly id: string; readonly key: string; readonly number: number }

/** The values of a fill begin with their number, 12 digits; the keys are text. */
export async function aHandler(body = ''): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), 'spillway-handler-'))
  folders.push(folder)
  const [file, log] = [join(folder, 'handler.mjs'), join(folder, 'calls')]
  await writeFile(
    file,
    `import { appendFile } from 'node:fs/promises'
export default async message => {
  ${body}
  const number = Number(String(message.value).slice(0, 12))
  await appendFile(${JSON.stringify(log)}, JSON.stringify({ id: message.id, key: String(message.key), number }) + '\\n')
}
`,
  )
  const calls = async () => {
    const text = await readFile(log, 'utf8').catch(() => '')
    const lines = text.split('\n').filter(line => line !== '')
    return lines.map(line => JSON.parse(line) as Call)
  }
  return { file, calls }
}

/** Each message once, and those of a key in the order of their numbers. */
export function expectOnceInOrder(calls: readonly Call[], messages: number): void {
  expect(new Set(calls.map(({ id }) => id)).size).toBe(messages)
  expect(calls).toHaveLength(messages)
  expectInOrder(calls)
}

/** The messages of a key in the order of their numbers; a repetition may come once more. */
export function expectInOrder(calls: readonly Call[]): void {
  const highest = new Map<string, number>()
  const seen = new Set<number>()
  const wrong = calls.filter(({ key, number }) => {
    if (seen.has(number)) return false
    seen.add(number)
    const before = highest.get(key) ?? -1
    highest.set(key, Math.max(before, number))
    return number < before
  })
  expect(wrong).toEqual([])
}

/** A drain of the scene that is complete: its run. */
export async function drained(scene: Scene, factor = 4): Promise<string> {
  const ended = await drain(scene, ['--factor', String(factor)])
  expect(ended.code, ended.stderr).toBe(0)
  return told(ended).run
}

export type Where = { readonly home: string }
const JSON_QUIET = ['--output', 'json', '--quiet']

/** Runs `fanout` to its end; fails unless it exits as expected. */
export async function fanout({ home }: Where, args: readonly string[], exit = 0): Promise<Told> {
  const ended = await spillway(['fanout', ...args, ...JSON_QUIET], { home })
  expect(ended.code, `${ended.stdout}\n${ended.stderr}`).toBe(exit)
  return told(ended)
}

/** Starts `fanout`, for tests that signal or kill it. */
export const startFanout = ({ home }: Where, args: readonly string[]) =>
  spawnSpillway(['fanout', ...args, ...JSON_QUIET], { home })

/** Runs any verb on a run. */
export const onRun = ({ home }: Where, ...args: readonly string[]) => spillway([...args, ...JSON_QUIET], { home })

export type { Broker }
